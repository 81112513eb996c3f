// When too much is held for all connections, those that hold most are closed, and nobody else.
#include "connections_story.h"

// The digits below are some hundred thousand bytes each. Room is made from 1.66 million bytes on, until it is
// 1.43 million.
enum { MEMORY = 1900 * 1000, LITTLE = 500 * 1000 };

static int set_up_one(void **state) {
    (void)state;
    return !begin_net(1, MEMORY);
}

static int set_up_two(void **state) {
    (void)state;
    return !begin_net(2, MEMORY);
}

static int set_up_little(void **state) {
    (void)state;
    return !begin_net(1, LITTLE);
}

// `open` has a letter for each peer: x for those who are closed.
static void assert_open(const char *open) {
    assert_int_equal(strlen(open), peer_count);
    for (int i = 0; i < peer_count; i++) {
        if ((peers[i].connection == NULL) != (open[i] == 'x')) {
            fail_msg("number %d of %s %s", i + 1, open, open[i] == 'x' ? "is still here" : "was closed");
        }
    }
}

// That many were closed for it, as the log will say.
static void assert_no_memory(unsigned count) {
    assert_int_equal(loop->connections.closings.closed[CLOSE_NO_MEMORY].count, count);
}

static void while_little_is_held_nobody_is_closed(void **state) {
    (void)state;
    say(come(), "c923456789");
    say(come(), "c623456789");
    assert_open("96");
    assert_in_range(atomic_load(&net->memory_pool.held), 1430 * 1000, 1660 * 1000);
}

// All count that hold half of what the greatest holds; of them it is not the greatest that goes first.
static void of_those_that_hold_much_who_is_in_the_way_for_longest_goes(void **state) {
    (void)state;
    say(come(), "c223456789");
    say(come(), "c423456789");
    say(come(), "c523456789");
    say(come(), "c223456789");
    assert_open("2452");
    say(come(), "c523456789"); // 1.8 million
    assert_open("2x525");
    assert_no_memory(1);
}

static void as_many_go_as_are_in_the_way(void **state) {
    (void)state;
    say(come(), "c323456789");
    say(come(), "c323456789");
    say(come(), "c323456789");
    say(come(), "c223456789");
    assert_open("3332");
    say(come(), "c823456789"); // nobody else holds half as much
    assert_open("3332x");
    say(come(), "c323456789");
    assert_open("3332x3");
    say(come(), "c423456789"); // 1.8 million, and 1.5 million without the first
    assert_open("xx32x34");
}

static void who_is_at_work_is_spared_before_those_who_do_not_read(void **state) {
    (void)state;
    static char text[9 * 1000 + 1];
    memset(text, 'x', sizeof text - 1);
    text[0] = 'p'; // the rest waits for the service, in a buffer as large as the answers
    say(come(), text);
    assert_int_equal(peers[0].connection->waits_for, WATCH_BUSY);
    say(come(), "c123456789");
    say(come(), "c123456789");
    say(come(), "c123456789");
    assert_open("p111");
    say(come(), "c123456789");
    assert_open("px111");
}

static void what_the_service_keeps_is_not_got_back_by_closing(void **state) {
    (void)state;
    say(come(), "m923456789");
    say(come(), "m823456789");
    say(come(), "m223456789");
    assert_open("982");
    assert_no_memory(0);
    say(come(), "x123456789"); // there is no room to read that
    assert_open("982x");
    assert_no_memory(1);
    connection_refund(peers[2].connection, (size_t)2 * COPIED_BYTES);
    say(come(), "x123456789");
    assert_open("982x1");
}

static void a_loop_with_more_than_its_share_closes_one_of_its_own_for_another(void **state) {
    (void)state;
    say(come_to(&net->loops[1]), "c423456789");
    say(come_to(&net->loops[1]), "c523456789");
    say(come_to(&net->loops[1]), "c423456789");
    say(come(), "c323456789");
    assert_open("4543");
    say(come(), "x123456789"); // there would be too much while that is read
    assert_open("x5431");
    say(come_to(&net->loops[1]), "c323456789"); // 1.5 million
    loop_wake(&net->loops[1]);
    run();
    assert_open("x54313");
}

static void buffers_that_nobody_uses_go_before_anybody_does(void **state) {
    (void)state;
    say(come(), "c123456789");
    assert_int_equal(loop->connections.spares.count, 1);
    connection_charge(peers[0].connection, LITTLE / 2 - 20 * 1000);
    relief_bound(&loop->connections);
    assert_int_equal(loop->connections.spares.count, 0);
    assert_open("1");
}

// The service's share is got back by closing nobody: so what is missing is refused.
static void there_is_room_to_the_last_byte(void **state) {
    (void)state;
    say(come(), "x123456789");
    struct connection *connection = peers[0].connection;
    spares_free(&loop->connections.spares); // which count
    connection_charge(connection, MEMORY - 1000 - atomic_load(&net->memory_pool.held));
    assert_true(relief_make(&loop->connections, connection, 1000));
    assert_false(relief_make(&loop->connections, connection, 1001));
    assert_open("1");
}

static void what_is_gone_is_not_counted_any_more(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        say(come(), "c523456789");
    }
    for (int i = 0; i < 3; i++) {
        connection_abort(peers[i].connection);
    }
    run();
    spares_free(&loop->connections.spares);
    assert_int_equal(atomic_load(&net->memory_pool.held), 0);
    assert_int_equal(atomic_load(&loop->connections.memory.held), 0);
}

#define MEMORY_TEST(test, set_up) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(while_little_is_held_nobody_is_closed, set_up_one),
        MEMORY_TEST(of_those_that_hold_much_who_is_in_the_way_for_longest_goes, set_up_one),
        MEMORY_TEST(as_many_go_as_are_in_the_way, set_up_one),
        MEMORY_TEST(who_is_at_work_is_spared_before_those_who_do_not_read, set_up_little),
        MEMORY_TEST(what_the_service_keeps_is_not_got_back_by_closing, set_up_one),
        MEMORY_TEST(a_loop_with_more_than_its_share_closes_one_of_its_own_for_another, set_up_two),
        MEMORY_TEST(buffers_that_nobody_uses_go_before_anybody_does, set_up_little),
        MEMORY_TEST(there_is_room_to_the_last_byte, set_up_one),
        MEMORY_TEST(what_is_gone_is_not_counted_any_more, set_up_one),
    };
    return cmocka_run_group_tests_name("net_memory", tests, NULL, NULL);
}

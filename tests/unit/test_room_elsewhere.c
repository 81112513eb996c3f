// Where a loop has nobody to close for who comes, one other loop closes one of its own.
#include "connections_story.h"

#include "net/counters.h"

enum { LOOPS = 3 };

static int set_up_loops(void **state) {
    (void)state;
    struct error error;
    return !begin_net(LOOPS, 0) || !loop_listen(loop, 8, &error);
}

static int left(void) {
    int count = 0;
    for (int i = 0; i < peer_count; i++) {
        count += peers[i].connection != NULL;
    }
    return count;
}

static void stop_accepting(enum wants_room wanted, const char *reason) {
    guard_stop_accepting(&loop->guard, wanted, reason);
    listeners_follow_guard(&loop->listeners);
}

// Somebody who is accepted by the first loop's own listener.
static struct peer *come_by_the_door(void) {
    return knock(htons(net_port(net, 0)));
}

// No sweep of any loop is needed for it, which would come a quarter of a second later.
static void who_comes_is_accepted_as_soon_as_another_loop_has_made_room(void **state) {
    (void)state;
    struct peer *elsewhere[] = {come_to(&net->loops[1]), come_to(&net->loops[2]), come_to(&net->loops[1])};
    net->capacity.max = 3;
    struct peer *newcomer = come_by_the_door();
    run();
    if (newcomer->connection == NULL) {
        fail_msg("it waits for the next sweep, or for ever");
    }
    peer_count++;
    assert_ptr_equal(connection_loop(newcomer->connection), loop);
    assert_int_equal(left(), 3);
    assert_null(elsewhere[0]->connection); // who has waited longest, on the loop that was the first to look
    assert_true(loop->guard.is_accepting);
    assert_int_equal(neighbours_wanted(&net->neighbours, 0), WANTS_NOTHING);
    assert_int_equal(net->loops[1].connections.closings.closed[CLOSE_NO_ROOM].count, 1);
}

// It is not tried again and again.
static void who_comes_waits_where_nobody_has_anybody_to_close(void **state) {
    (void)state;
    net->capacity.max = 0;
    struct peer *newcomer = come_by_the_door();
    run();
    assert_null(newcomer->connection);
    assert_false(loop->guard.is_accepting);
    assert_int_equal(neighbours_wanted(&net->neighbours, 0), WANTS_PLACE);
    loop_wake(loop); // for something else
    run();
    assert_false(loop->guard.is_accepting);
    net->capacity.max = 1;
    run();
    assert_null(newcomer->connection);
    pass(1);
    assert_non_null(newcomer->connection);
    peer_count++;
    assert_true(loop->guard.is_accepting);
}

static void each_that_comes_is_counted(void **state) {
    (void)state;
    int64_t before = counter_read(&net_counters.connections_accepted);
    come_to(&net->loops[1]);
    come_to(&net->loops[2]);
    assert_int_equal(counter_read(&net_counters.connections_accepted) - before, 2);
}

static void of_all_loops_that_could_close_one_only_one_does(void **state) {
    (void)state;
    for (int i = 1; i < LOOPS; i++) {
        come_to(&net->loops[i]);
        come_to(&net->loops[i]);
    }
    stop_accepting(WANTS_DESCRIPTOR, "none");
    assert_false(loop->guard.is_accepting);
    run();
    assert_int_equal(left(), 3);
    pass(1); // nor later
    assert_int_equal(left(), 3);
    assert_true(loop->guard.is_accepting);
}

static void where_nobody_asks_any_more_nobody_is_closed(void **state) {
    (void)state;
    come_to(&net->loops[1]);
    come_to(&net->loops[2]);
    net->capacity.max = 2;
    stop_accepting(WANTS_PLACE, "none");
    connection_abort(peers[1].connection); // somebody leaves
    run();
    assert_non_null(peers[0].connection);
    net->capacity.max = 1;
    guard_accept_again(&loop->guard); // and the loop has got on without
    for (int i = 0; i < LOOPS; i++) {
        loop_wake(&net->loops[i]);
    }
    run();
    assert_non_null(peers[0].connection);
}

static void a_loop_does_not_close_its_own_for_itself_in_the_others_place(void **state) {
    (void)state;
    come_to(loop);
    stop_accepting(WANTS_DESCRIPTOR, "none");
    eviction_help_neighbours(&loop->connections);
    assert_non_null(peers[0].connection);
    assert_int_equal(neighbours_wanted(&net->neighbours, 0), WANTS_DESCRIPTOR);
    loop_wake(loop); // for something else: it still has to wait
    run();
    assert_false(loop->guard.is_accepting);
}

#define ROOM_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_loops, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ROOM_TEST(who_comes_is_accepted_as_soon_as_another_loop_has_made_room),
        ROOM_TEST(who_comes_waits_where_nobody_has_anybody_to_close),
        ROOM_TEST(each_that_comes_is_counted),
        ROOM_TEST(of_all_loops_that_could_close_one_only_one_does),
        ROOM_TEST(where_nobody_asks_any_more_nobody_is_closed),
        ROOM_TEST(a_loop_does_not_close_its_own_for_itself_in_the_others_place),
    };
    return cmocka_run_group_tests_name("room_elsewhere", tests, NULL, NULL);
}

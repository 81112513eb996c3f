// Clients that wait for a loop's memory, lists or time are resumed in turns, by agency and by address.
// The loop, its connections and the clock are the test's; what goes on is counted, and nothing is measured.
#include "cmocka_all.h"

#include "base/clock.h"
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

enum { SHARE = 4000, ROOM = SHARE / 4, LARGE = 64 * 1024, OWED_MAX = 8 * 1024 * 1024, MS = 1000000 };

struct loop {
    struct lottery_loop own;
    unsigned wakes; // that were asked for
};

struct connection {
    struct lottery_connection own;
    struct loop *loop;
    uint64_t source;
    char name;
    bool paused;
};

static struct loop loop;
static struct connection connections[16];
static int connection_count;
static uint64_t now_ns;
static char gone_on[64]; // the names, in order
static void (*on_going_on)(struct connection *connection);

// What net/, requests.c and base/clock.h promise ----------------------------------------------------------

void *connection_state(struct connection *connection) {
    return &connection->own;
}

struct loop *connection_loop(struct connection *connection) {
    return connection->loop;
}

void *loop_state(struct loop *which) {
    return &which->own;
}

size_t loop_memory_share(const struct loop *which) {
    (void)which;
    return SHARE;
}

void loop_wake_after(struct loop *which, unsigned ms) {
    assert_in_range(ms, 1, 100);
    which->wakes++;
}

uint64_t connection_source(const struct connection *connection) {
    return connection->source;
}

void connection_pause(struct connection *connection) {
    connection->paused = true;
}

uint64_t clock_steady_ns(void) {
    return now_ns;
}

uint64_t clock_steady_ms(void) {
    return now_ns / MS;
}

void requests_resume(struct connection *connection) {
    connection->paused = false;
    strncat(gone_on, &connection->name, 1);
    if (on_going_on != NULL) {
        on_going_on(connection);
    }
}

// The world -----------------------------------------------------------------------------------------------

static int set_up(void **state) {
    (void)state;
    memset(&loop, 0, sizeof loop);
    memset(connections, 0, sizeof connections);
    memset(gone_on, 0, sizeof gone_on);
    connection_count = 0;
    on_going_on = NULL;
    now_ns = 12345;
    loop.own.loop = &loop;
    return !lines_begin_loop(&loop.own) || !doubt_begin_loop(&loop.own);
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < connection_count; i++) {
        lines_leave(&connections[i]);
        doubt_leave(&connections[i]);
    }
    lines_end_loop(&loop.own);
    doubt_end_loop(&loop.own);
    return 0;
}

static struct connection *come(char name, uint32_t claimed, uint64_t source) {
    struct connection *connection = &connections[connection_count++];
    connection->name = name;
    connection->loop = &loop;
    connection->source = source;
    connection->own.claimed = claimed;
    connection->own.connection = connection;
    return connection;
}

static struct connection *come_with_certificate(char name, uint32_t agency, uint64_t source) {
    struct connection *connection = come(name, 0, source);
    connection->own.agency = agency;
    return connection;
}

// Room ----------------------------------------------------------------------------------------------------

static void fill_room(struct connection *connection) {
    (void)connection;
    loop.own.chunk_bytes = ROOM;
}

// There is room again, for one after the other.
static void go_on_one_by_one(int count) {
    on_going_on = fill_room;
    for (int i = 0; i < count; i++) {
        loop.own.chunk_bytes = ROOM - 1;
        lines_go_on(&loop.own);
        assert_int_equal(strlen(gone_on), i + 1);
    }
}

static void wait_for_room(struct connection *connection) {
    assert_false(lines_room_may_take(connection));
    assert_true(connection->paused && lines_is_waiting(&connection->own));
}

static void while_there_is_room_nobody_waits(void **state) {
    (void)state;
    struct connection *connection = come('a', 1, 1);
    loop.own.chunk_bytes = ROOM - 1;
    assert_true(lines_room_may_take(connection));
    assert_false(connection->paused || lines_is_waiting(&connection->own));
    loop.own.chunk_bytes = ROOM;
    wait_for_room(connection);
    lines_go_on(&loop.own);
    assert_string_equal(gone_on, ""); // there is none yet
    go_on_one_by_one(1);
    assert_false(lines_is_waiting(&connection->own));
}

static void for_room_agencies_have_turns_by_what_they_claim(void **state) {
    (void)state;
    loop.own.chunk_bytes = ROOM;
    wait_for_room(come('a', 1, 1));
    wait_for_room(come('b', 1, 2));
    wait_for_room(come('c', 1, 3));
    wait_for_room(come('X', 2, 1));
    wait_for_room(come('Y', 2, 1));
    go_on_one_by_one(5);
    assert_string_equal(gone_on, "aXbYc");
}

static void for_room_agencies_have_turns_by_their_certificates(void **state) {
    (void)state;
    loop.own.chunk_bytes = ROOM;
    wait_for_room(come_with_certificate('a', 7, 1));
    wait_for_room(come_with_certificate('b', 7, 2));
    wait_for_room(come_with_certificate('c', 7, 3));
    wait_for_room(come_with_certificate('X', 8, 4));
    go_on_one_by_one(4);
    assert_string_equal(gone_on, "aXbc");
}

static void for_room_addresses_of_an_agency_have_turns(void **state) {
    (void)state;
    loop.own.chunk_bytes = ROOM;
    wait_for_room(come('a', 1, 1));
    wait_for_room(come('b', 1, 1));
    wait_for_room(come('c', 1, 1));
    wait_for_room(come('X', 1, 2));
    go_on_one_by_one(4);
    assert_string_equal(gone_on, "aXbc");
}

static void who_is_gone_takes_no_turn(void **state) {
    (void)state;
    loop.own.chunk_bytes = ROOM;
    struct connection *first = come('a', 1, 9);
    wait_for_room(first);
    wait_for_room(come('b', 1, 1));
    lines_leave(first);
    assert_false(lines_is_waiting(&first->own));
    go_on_one_by_one(1);
    loop.own.chunk_bytes = 0;
    lines_go_on(&loop.own);
    assert_string_equal(gone_on, "b");
}

// Lists ---------------------------------------------------------------------------------------------------

static void two_lists_are_made_at_once_and_the_next_by_turns(void **state) {
    (void)state;
    struct connection *first = come('1', 1, 1), *second = come('2', 1, 1);
    assert_true(lines_list_may_go(first, 1) && lines_list_may_go(second, 1));
    assert_int_equal(loop.own.lists, 2);
    struct connection *a = come('a', 1, 1), *b = come('b', 1, 1), *x = come('X', 2, 1);
    assert_false(lines_list_may_go(a, 1) || lines_list_may_go(b, 1) || lines_list_may_go(x, 2));
    assert_true(a->paused && b->paused && x->paused);
    lines_list_is_done(&loop.own);
    assert_string_equal(gone_on, "a");
    assert_true(lines_list_may_go(a, 1)); // it has its turn, and asks now
    assert_int_equal(loop.own.lists, 2);
    lines_list_is_done(&loop.own);
    assert_string_equal(gone_on, "aX");
    lines_leave(x); // gone before it has asked: its turn is the next one's
    assert_string_equal(gone_on, "aXb");
    lines_leave(x); // which changes nothing any more
    assert_int_equal(loop.own.lists, 2);
}

// Time for those who are doubted --------------------------------------------------------------------------

static void use_up_time(void) {
    loop.own.doubt.share.left_ns = 0;
    loop.own.doubt.share.now_ns = now_ns;
}

static void who_was_refused_owes_it_until_as_much_was_good(void **state) {
    (void)state;
    struct connection *connection = come('a', 1, 1);
    use_up_time();
    assert_true(doubt_may_go(connection));
    doubt_refused(connection, 1000);
    doubt_pay(&connection->own, 1000);
    assert_false(doubt_may_go(connection)); // one byte less than what was refused, and the message itself
    doubt_leave(connection);
    doubt_pay(&connection->own, 1);
    assert_true(doubt_may_go(connection));
}

static void nobody_owes_more_than_so_much(void **state) {
    (void)state;
    struct connection *connection = come('a', 1, 1);
    for (int i = 0; i < 100; i++) {
        doubt_refused(connection, 1024 * 1024);
    }
    assert_int_equal(connection->own.owed, OWED_MAX);
    doubt_pay(&connection->own, OWED_MAX);
    assert_int_equal(connection->own.owed, 0);
}

static void a_large_first_message_is_doubted_and_a_small_one_is_not(void **state) {
    (void)state;
    struct connection *small = come('a', 1, 1), *large = come('b', 1, 1), *known = come('c', 1, 1);
    use_up_time();
    doubt_look(small, LARGE, true);
    assert_true(doubt_may_go(small));
    doubt_look(large, LARGE + 1, true);
    assert_false(doubt_may_go(large));
    doubt_pay(&known->own, 1);
    doubt_look(known, LARGE + 1, true);
    assert_true(doubt_may_go(known));
    doubt_refused(known, 1);
    doubt_look(known, LARGE + 1, false);
    assert_true(doubt_is_waiting(&known->own)); // what was good before does not count any more
}

static void a_large_one_is_not_read_before_its_turn(void **state) {
    (void)state;
    struct connection *connection = come('a', 1, 1);
    use_up_time();
    doubt_look(connection, LARGE + 1, false);
    assert_true(connection->paused && doubt_is_waiting(&connection->own));
    assert_int_equal(loop.wakes, 1);
    doubt_go_on(&loop.own);
    assert_string_equal(gone_on, ""); // no time has passed
    assert_int_equal(loop.wakes, 2);  // and so it is looked at again
    now_ns += 100;
    doubt_go_on(&loop.own);
    assert_string_equal(gone_on, "a");
    assert_true(doubt_may_go(connection)); // its turn is kept for a moment
    use_up_time();
    doubt_end(connection, doubt_begin(&connection->own));
    use_up_time();
    assert_false(doubt_may_go(connection)); // and it is for one message
}

// Only what was not taken in advance is paid for then, and what nobody measured as what is usual.
static void a_refused_message_is_paid_for_once(void **state) {
    (void)state;
    struct connection *connection = come('a', 1, 1);
    int64_t left_ns = loop.own.doubt.share.left_ns;
    doubt_look(connection, LARGE + 1, false);
    uint64_t began_ns = doubt_begin(&connection->own);
    doubt_refused(connection, LARGE);
    now_ns += MS;
    doubt_end(connection, began_ns);
    assert_int_equal(loop.own.doubt.share.left_ns, left_ns - MS + MS / SHARE_PART);
    left_ns = loop.own.doubt.share.left_ns;
    doubt_end(connection, 0);
    assert_true(loop.own.doubt.share.left_ns <= left_ns - SHARE_TYPICAL_NS_MIN);
}

static void the_doubted_have_turns_by_address_and_newcomers_their_own(void **state) {
    (void)state;
    struct connection *refused[3], *newcomer, *elsewhere;
    use_up_time();
    for (int i = 0; i < 3; i++) {
        refused[i] = come((char)('a' + i), 1, 1);
        doubt_refused(refused[i], 1000);
        assert_false(doubt_may_go(refused[i]));
    }
    elsewhere = come('E', 1, 2);
    doubt_refused(elsewhere, 1000);
    assert_false(doubt_may_go(elsewhere));
    newcomer = come('N', 1, 1);
    doubt_look(newcomer, LARGE + 1, false);
    for (int i = 0; i < 5; i++) {
        now_ns += (uint64_t)SHARE_PART * (SHARE_TYPICAL_NS_MIN + 1) - (i == 0 ? 0 : SHARE_PART);
        loop.own.doubt.share.left_ns = 0; // enough time for one of them
        loop.own.doubt.share.now_ns = now_ns - SHARE_PART;
        doubt_go_on(&loop.own);
        assert_int_equal(strlen(gone_on), i + 1);
    }
    assert_string_equal(gone_on, "aNEbc");
    unsigned wakes = loop.wakes;
    doubt_go_on(&loop.own);
    assert_int_equal(loop.wakes, wakes); // nobody waits any more
}

static void what_a_good_message_took_is_given_back_and_what_is_refused_is_paid_for(void **state) {
    (void)state;
    struct connection *connection = come('a', 1, 1);
    int64_t left_ns = loop.own.doubt.share.left_ns;
    doubt_look(connection, LARGE + 1, false);
    assert_true(loop.own.doubt.share.left_ns < left_ns); // in advance
    doubt_look(connection, LARGE + 2, false);            // more of it has come: that is not paid for again
    uint64_t began_ns = doubt_begin(&connection->own);
    assert_true(began_ns != 0);
    doubt_end(connection, began_ns);
    assert_int_equal(loop.own.doubt.share.left_ns, left_ns);
    doubt_refused(connection, LARGE);
    began_ns = doubt_begin(&connection->own);
    now_ns += 3 * MS;
    doubt_end(connection, began_ns);
    // A quarter of what has passed meanwhile has come in, unless the share was full.
    assert_int_equal(loop.own.doubt.share.left_ns, left_ns - 3 * MS + 3 * MS / SHARE_PART);
    assert_false(doubt_is_waiting(&connection->own)); // some is left
    began_ns = doubt_begin(&connection->own);
    now_ns += 40 * MS;
    doubt_end(connection, began_ns);
    assert_true(connection->paused && doubt_is_waiting(&connection->own)); // before its next message is read
}

static void who_is_doubted_and_gone_takes_no_turn(void **state) {
    (void)state;
    struct connection *first = come('a', 1, 1), *second = come('b', 1, 1);
    use_up_time();
    doubt_refused(first, 1000);
    doubt_refused(second, 1000);
    assert_false(doubt_may_go(first) || doubt_may_go(second));
    doubt_leave(first);
    assert_false(doubt_is_waiting(&first->own));
    now_ns += MS;
    doubt_go_on(&loop.own);
    assert_string_equal(gone_on, "b");
}

#define TURNS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TURNS_TEST(while_there_is_room_nobody_waits),
        TURNS_TEST(for_room_agencies_have_turns_by_what_they_claim),
        TURNS_TEST(for_room_agencies_have_turns_by_their_certificates),
        TURNS_TEST(for_room_addresses_of_an_agency_have_turns),
        TURNS_TEST(who_is_gone_takes_no_turn),
        TURNS_TEST(two_lists_are_made_at_once_and_the_next_by_turns),
        TURNS_TEST(who_was_refused_owes_it_until_as_much_was_good),
        TURNS_TEST(nobody_owes_more_than_so_much),
        TURNS_TEST(a_large_first_message_is_doubted_and_a_small_one_is_not),
        TURNS_TEST(a_large_one_is_not_read_before_its_turn),
        TURNS_TEST(a_refused_message_is_paid_for_once),
        TURNS_TEST(the_doubted_have_turns_by_address_and_newcomers_their_own),
        TURNS_TEST(what_a_good_message_took_is_given_back_and_what_is_refused_is_paid_for),
        TURNS_TEST(who_is_doubted_and_gone_takes_no_turn),
    };
    return cmocka_run_group_tests_name("waiting_turns", tests, NULL, NULL);
}

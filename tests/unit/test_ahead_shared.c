// A group is decided on while the commit of the one before is on its way, and is answered after it.
#include "servers_story.h"

enum { GROUPS = 4 };

static struct ledger_request *sent[GROUPS];
static int done[GROUPS], done_count; // the groups in the order in which they were answered

static void note_done(struct ledger_request *request) {
    for (int i = 0; i < GROUPS; i++) {
        if (sent[i] == request) {
            done[done_count++] = i;
        }
    }
}

static void begin_as(struct server *server, int group, struct sent what) {
    current = server;
    sent[group] = request_as(what, note_done);
    sent[group]->node.next = NULL;
    group_begin(server->ledger, &sent[group]->node);
}

// Begins a group of one request.
#define begin(server, group, ...) begin_as(server, group, (struct sent){__VA_ARGS__})

static void settle(struct server *server) {
    current = server;
    group_settle(server->ledger);
}

static void assert_answered(int group, int64_t next, uint32_t stored) {
    assert_error(&sent[group]->answer.error, ERROR_NONE);
    assert_int_equal(sent[group]->answer.next, next);
    assert_int_equal(sent[group]->answer.stored, stored);
}

// In the order in which they came.
static void assert_done(int count) {
    if (done_count != count) {
        fail_msg("expected that %d groups are answered by now, and it is %d", count, done_count);
    }
    for (int i = 0; i < count; i++) {
        assert_int_equal(done[i], i);
    }
}

static void forget_all(void) {
    done_count = 0;
    for (int i = 0; i < GROUPS; i++) {
        if (sent[i] != NULL) {
            chunk_free((struct chunk *)(uintptr_t)sent[i]->input.chunk);
            free(sent[i]);
            sent[i] = NULL;
        }
    }
}

static int end(void **state) {
    forget_all();
    return tear_down_servers(state);
}

static void a_group_is_answered_once_its_commit_is(void **state) {
    (void)state;
    start(&servers[0], 2);
    begin(&servers[0], 0, .first = 0, .count = 5);
    assert_done(0);
    assert_true(group_is_begun(servers[0].ledger));
    begin(&servers[0], 1, .first = 5, .count = 5);
    assert_done(1);
    begin(&servers[0], 2, .first = NO_FIRST, .from = 10, .count = 5);
    assert_done(2);
    settle(&servers[0]);
    assert_done(3);
    assert_answered(0, 5, 5);
    assert_answered(1, 10, 5);
    assert_answered(2, 15, 5);
    assert_bets(15);
    assert_int_equal(servers[0].opened, 1);
}

// What needs no commit of its own waits for the one before, too; and so does an agency's end.
static void answers_stay_in_order(void **state) {
    (void)state;
    start(&servers[0], 2);
    begin(&servers[0], 0, .first = 0, .count = 5);
    begin(&servers[0], 1, .first = 2, .count = 3); // again
    begin(&servers[0], 2, .first = 5, .count = 1);
    begin(&servers[0], 3, .first = 8, .count = 1); // a gap
    settle(&servers[0]);
    assert_done(4);
    assert_error(&sent[3]->answer.error, ERROR_GAP);
}

static void an_end_comes_behind_what_is_on_its_way(void **state) {
    (void)state;
    start(&servers[0], 1);
    begin(&servers[0], 0, .first = 0, .count = 5);
    begin(&servers[0], 1, .first = 5, .count = 5, .last = true);
    assert_done(2);
    assert_true(sent[1]->answer.finished);
    assert_true(work_is_due(servers[0].ledger));
    assert_bets(10);
}

// Another server was quicker with the first group: the second one starts over behind it, of whichever agency.
static void when_the_first_fails_the_next_starts_over(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[1], .first = 0, .count = 3, .next = 3);
    begin(&servers[0], 0, .first = NO_FIRST, .from = 3, .count = 3); // at 0, for all that it knows
    begin(&servers[0], 1, .agency = 2, .first = NO_FIRST, .from = 0, .count = 3);
    begin(&servers[0], 2, .first = NO_FIRST, .from = 6, .count = 3);
    begin(&servers[0], 3, .agency = 2, .first = NO_FIRST, .from = 3, .count = 3);
    settle(&servers[0]);
    assert_done(4);
    assert_answered(0, 6, 3);
    assert_answered(1, 3, 3);
    assert_answered(2, 9, 3);
    assert_answered(3, 6, 3);
    assert_bets(9 + 6);
    assert_int_equal(servers[0].opened, 1);
}

// The connection is lost before the second commit, or behind the first one.
static void when_the_connection_is_lost_everything_is_stored_once(void **state) {
    (void)state;
    start(&servers[0], 2);
    for (enum commit_fault fault = LOSE_BEFORE; fault <= LOSE_AFTER; fault++) {
        begin(&servers[0], 0, .agency = fault, .first = NO_FIRST, .from = 0, .count = 3);
        servers[0].fault = fault;
        begin(&servers[0], 1, .agency = fault, .first = NO_FIRST, .from = 3, .count = 3);
        settle(&servers[0]);
        assert_done(2);
        assert_answered(0, 3, 3);
        assert_answered(1, 6, 3);
        assert_bets(6 * (int)fault);
        assert_int_equal(servers[0].opened, 1 + (int)fault);
        forget_all();
    }
}

#define AHEAD_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_servers, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        AHEAD_TEST(a_group_is_answered_once_its_commit_is),
        AHEAD_TEST(answers_stay_in_order),
        AHEAD_TEST(an_end_comes_behind_what_is_on_its_way),
        AHEAD_TEST(when_the_first_fails_the_next_starts_over),
        AHEAD_TEST(when_the_connection_is_lost_everything_is_stored_once),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests_name("ahead_shared", tests, NULL, NULL);
}

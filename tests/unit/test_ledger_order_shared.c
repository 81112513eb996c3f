// Whoever changes a draw that others use has locked it before he reads what hangs on it.
// The order of the ledger's locks, step by step: one server is stopped between two steps, and another one
// works.
#include "servers_story.h"

#define DEADLOCKS "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"

static struct ledger_request meanwhile_answer;
static pthread_t meanwhile_thread;

static void *send_for_the_last(void *context) {
    (void)context;
    meanwhile_answer = send(&servers[0], .agency = 3, .first = 0, .count = 5);
    return NULL;
}

// The other server gets bets for the agency that is just being left out. Goes on when that has been answered,
// or waits for a lock.
static void send_meanwhile(void) {
    meanwhile_answer = (struct ledger_request){.answer.next = -2};
    assert_int_equal(pthread_create(&meanwhile_thread, NULL, send_for_the_last, NULL), 0);
    while (query_number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0 &&
           query_number("SELECT count(*) FROM chunks WHERE agency = 3") == 0) {
    }
}

static void a_draw_is_changed_by_who_has_locked_it(void **state) {
    (void)state;
    struct error error;
    start(&servers[0], 3);
    servers[1] = (struct server){.options = servers[0].options, .before_put_draw = send_meanwhile};
    servers[1].options.agencies = 2; // which may be, as nobody has sent a bet
    servers[1].options.context = current = &servers[1];
    must(ledger_open(&servers[1].options, &servers[1].ledger, &error), &error);
    assert_null(servers[1].before_put_draw);
    pthread_join(meanwhile_thread, NULL);
    if (meanwhile_answer.answer.error.code != ERROR_UNKNOWN_AGENCY) {
        fail_msg("bets of an agency that was just being left out: expected %s, and the answer is %s",
                 error_name(ERROR_UNKNOWN_AGENCY), error_name(meanwhile_answer.answer.error.code));
    }
    assert_int_equal(query_number("SELECT agencies FROM draws"), 2);
    assert_int_equal(query_number("SELECT count(*) FROM chunks"), 0);
}

// After a conflict agencies are locked before anything is decided: an end is of the row as it is then.
static void behind_a_conflict_rows_are_locked_first(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[1], .agency = 2, .first = 0, .count = 3, .next = 3);
    assert_int_equal(
        answer(&servers[0], request_of(.agency = 2, .first = NO_FIRST, .from = 3, .count = 3)).answer.next,
        6); // the conflict
    assert_stored(&servers[1], .first = 0, .count = 3, .next = 3);
    struct ledger_request last = answer(&servers[0], request_of(.last = true, .first = NO_FIRST, .count = 0));
    if (last.answer.error.code != ERROR_NONE) {
        fail_msg("%s", last.answer.error.text);
    }
    assert_int_equal(last.answer.next, 3);
    assert_true(last.answer.finished);
    assert_int_equal(query_number("SELECT bets FROM agencies WHERE agency = 1 AND finished_at IS NOT NULL"),
                     3);
    assert_int_equal(servers[0].opened, 1);
}

// Groups of the same agencies -----------------------------------------------------------------------------

enum { CROSSING_AGENCIES = 24, HELD_AGENCY = 12, CROSSINGS = 3 };

// A group with the next two bets of each agency: from the first to the last, or backwards.
static void send_group(struct server *server, bool forwards) {
    struct ledger_request *requests[CROSSING_AGENCIES];
    current = server;
    for (int i = 0; i < CROSSING_AGENCIES; i++) {
        uint32_t agency = (uint32_t)(forwards ? i + 1 : CROSSING_AGENCIES - i);
        requests[i] = request_of(.agency = agency, .first = 2 * server->groups, .count = 2);
    }
    for (int i = 0; i + 1 < CROSSING_AGENCIES; i++) {
        requests[i]->node.next = &requests[i + 1]->node;
    }
    server->groups++;
    group_process(server->ledger, &requests[0]->node);
    for (int i = 0; i < CROSSING_AGENCIES; i++) {
        server->refused += requests[i]->answer.error.code != ERROR_NONE;
        chunk_free((struct chunk *)(uintptr_t)requests[i]->input.chunk);
        free(requests[i]);
    }
}

static void *cross(void *argument) {
    send_group(argument, argument == &servers[0]);
    return NULL;
}

// The servers send their groups while somebody holds an agency in their middle, until each waits for a lock.
static void cross_once(int first) {
    pthread_t threads[2];
    PGconn *holder = PQconnectdb(path);
    char hold[128];
    snprintf(hold, sizeof hold, "BEGIN; SELECT FROM agencies WHERE agency = %d FOR UPDATE", HELD_AGENCY);
    PQclear(PQexec(holder, hold));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, cross, &servers[(first + i) % 2]), 0);
        while (query_number("SELECT count(*) FROM pg_locks WHERE NOT granted") <= i) {
        }
    }
    PQfinish(holder);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(servers[0].refused + servers[1].refused, 0);
}

// PostgreSQL would find that two wait for each other only after its deadlock_timeout, a second. Its count is
// complete once the sessions that count have ended. The second one is late, and so locks first the next time:
// then it comes first.
static void two_groups_of_the_same_agencies_never_wait_for_each_other(void **state) {
    (void)state;
    int64_t before = query_number(DEADLOCKS);
    start(&servers[0], CROSSING_AGENCIES);
    start(&servers[1], CROSSING_AGENCIES);
    send_group(&servers[0], true);
    servers[1].groups = 1;
    for (int i = 0; i < CROSSINGS; i++) {
        cross_once((i + 1) % 2);
    }
    assert_bets(CROSSING_AGENCIES * (1 + CROSSINGS) * 2);
    ledger_close(&servers[0].ledger);
    ledger_close(&servers[1].ledger);
    while (query_number("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'quiniela%'") >
           0) {
    }
    int64_t deadlocks = query_number(DEADLOCKS) - before;
    if (deadlocks != 0) {
        fail_msg("%d times two servers stored groups of the same agencies in opposite order: %lld deadlocks",
                 CROSSINGS, (long long)deadlocks);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SHARED_TEST(a_draw_is_changed_by_who_has_locked_it),
        SHARED_TEST(behind_a_conflict_rows_are_locked_first),
        SHARED_TEST(two_groups_of_the_same_agencies_never_wait_for_each_other),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

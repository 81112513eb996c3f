// What is stored is counted once, and what is logged of a group is logged before any of it is answered.
#include "ledger_story.h"
#include "logged.h"

#include "base/log.h"
#include "ledger/counters.h"

#include <inttypes.h>

static int64_t chunks, bets, repeated; // what the counters stood at
static const struct ledger_request *refused[REQUESTS_MAX];
static int refused_count, completed_before_the_last;
static int logged_before_the_first; // lines of stored chunks, when the first of a group was answered

static void note(void) {
    chunks = counter_read(&ledger_counters.chunks_stored);
    bets = counter_read(&ledger_counters.bets_stored);
    repeated = counter_read(&ledger_counters.chunks_repeated);
}

static void assert_grown(int64_t chunks_stored, int64_t bets_stored, int64_t chunks_repeated) {
    assert_int_equal(counter_read(&ledger_counters.chunks_stored) - chunks, chunks_stored);
    assert_int_equal(counter_read(&ledger_counters.bets_stored) - bets, bets_stored);
    assert_int_equal(counter_read(&ledger_counters.chunks_repeated) - repeated, chunks_repeated);
    note();
}

static void on_refused(const struct ledger_request *request) {
    refused[refused_count++] = request;
    completed_before_the_last = story.count;
}

static void on_answered(struct ledger_request *request) {
    if (story.count == 0) {
        logged_before_the_first = logged("action: apuestas_almacenadas");
    }
    on_complete(request);
}

static void each_bet_is_counted_once(void **state) {
    (void)state;
    open_ledger(3);
    note();
    assert_stored(.first = 0, .count = 5, .next = 5);
    assert_grown(1, 5, 0);
    assert_stored(.first = 0, .count = 5, .next = 5); // sent again
    assert_grown(0, 0, 1);
    assert_stored(.first = 3, .count = 4, .next = 7); // some of it is
    assert_grown(1, 2, 0);
    assert_refused(ERROR_GAP, .first = 9, .count = 1);
    assert_grown(0, 0, 0);
    assert_stored(.last = true, .first = 7, .count = 0, .next = 7); // no bets, and the end
    assert_grown(0, 0, 0);
}

static void what_is_not_stored_is_not_counted(void **state) {
    (void)state;
    open_ledger(3);
    note();
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 5);
    assert_grown(0, 0, 0);
    assert_stored(.first = 0, .count = 5, .next = 5);
    assert_grown(1, 5, 0);
}

static uint64_t commits(void) {
    return counter_read_histogram(&ledger_counters.commit_seconds.counter).count;
}

static void a_commit_is_timed_when_it_was_made(void **state) {
    (void)state;
    open_ledger(3);
    uint64_t before = commits();
    assert_stored(.first = 0, .count = 5, .next = 5);
    assert_int_equal(commits() - before, 1);
    assert_stored(.first = 0, .count = 5, .next = 5); // sent again: there is nothing to commit
    assert_int_equal(commits() - before, 1);
    int64_t failures = counter_read(&ledger_counters.store_failures);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 5, .count = 5);
    assert_int_equal(commits() - before, 1);
    assert_int_equal(counter_read(&ledger_counters.store_failures) - failures, 1);
}

static void a_store_that_fails_again_and_again_is_counted_once(void **state) {
    (void)state;
    open_ledger(1);
    int64_t before = counter_read(&ledger_counters.store_failures);
    for (int64_t outage = 0; outage < 2; outage++) {
        for (int attempt = 0; attempt < 3; attempt++) {
            story.fault = FAIL_BEFORE;
            assert_refused(ERROR_STORE_FAILED, .first = outage, .count = 1);
            story.store_is_gone = true;
            work_do(story.ledger);
            story.store_is_gone = false;
            work_do(story.ledger); // a trial that passes is no group that was stored
            assert_null(ledger_store_failure(story.ledger));
        }
        assert_int_equal(counter_read(&ledger_counters.store_failures) - before, outage + 1);
        assert_stored(.first = outage, .count = 1, .next = outage + 1);
    }
}

static void a_store_that_made_the_draw_and_fails_is_counted_again(void **state) {
    (void)state;
    int64_t next, before = counter_read(&ledger_counters.store_failures);
    open_ledger(1);
    assert_stored(.last = true, .first = 0, .count = 1, .next = 1);
    for (int attempt = 0; attempt < 3; attempt++) {
        story.fault = FAIL_BEFORE;
        work_do(story.ledger);
        assert_int_equal(counter_read(&ledger_counters.store_failures) - before, 1);
    }
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    story.fault = FAIL_BEFORE;
    assert_code(ask(request(.type = LEDGER_TOLD, .first = NO_FIRST), &next), ERROR_STORE_FAILED);
    assert_int_equal(counter_read(&ledger_counters.store_failures) - before, 2);
}

// A group of a good one, one that the ledger refuses, and one that was refused before.
static void a_refusal_is_said_before_anything_is_answered(void **state) {
    (void)state;
    open_ledger(3);
    struct ledger_request *group[] = {request(.first = 0, .count = 5),
                                      request(.agency = 2, .first = 7, .count = 5),
                                      request(.agency = 3, .first = 0, .count = 5)};
    refused_count = 0;
    for (size_t i = 0; i < 3; i++) {
        group[i]->refused = on_refused;
        group[i]->node.next = i < 2 ? &group[i + 1]->node : NULL;
    }
    error_set(&group[2]->answer.error, ERROR_BAD_BET, "no good");
    story.count = 0;
    group_process(story.ledger, &group[0]->node);
    assert_int_equal(story.count, 3);
    assert_int_equal(refused_count, 2);
    assert_ptr_equal(refused[0], group[1]);
    assert_error(&refused[0]->answer.error, ERROR_GAP);
    assert_ptr_equal(refused[1], group[2]);
    assert_error(&refused[1]->answer.error, ERROR_BAD_BET);
    assert_int_equal(completed_before_the_last, 0);
    for (size_t i = 0; i < 3; i++) {
        discard_request(group[i]);
    }
}

// As receive.c does, which logs it.
static void on_refused_to_log(const struct ledger_request *request) {
    log_event(LOG_LEVEL_INFO, "refused", LOG_FAIL, "agencia: %" PRIu32, request->input.agency);
}

// What was logged: an s for each stored chunk, an r for each refused one, in their order.
static void logged_order(char order[REQUESTS_MAX + 1]) {
    size_t count = 0;
    (void)logged("action: ");
    for (const char *at = logging.text; (at = strstr(at, "action: ")) != NULL && count < REQUESTS_MAX; at++) {
        if (strncmp(at, "action: apuestas_almacenadas", 28) == 0) {
            order[count++] = 's';
        } else if (strncmp(at, "action: refused", 15) == 0) {
            order[count++] = 'r';
        }
    }
    order[count] = '\0';
}

static void a_refusal_is_logged_between_what_was_stored_before_and_after_it(void **state) {
    (void)state;
    char order[REQUESTS_MAX + 1];
    open_ledger(3);
    struct ledger_request *group[] = {
        request(.first = 0, .count = 5), request(.agency = 2, .first = 7, .count = 5), // a gap
        request(.first = 5, .count = 5), request(.agency = 3, .first = 7, .count = 5), // a gap
        request(.first = 10, .count = 5)};
    enum { COUNT = sizeof group / sizeof group[0] };
    for (size_t i = 0; i < COUNT; i++) {
        group[i]->refused = on_refused_to_log;
        group[i]->node.next = i + 1 < COUNT ? &group[i + 1]->node : NULL;
    }
    begin_logging();
    group_process(story.ledger, &group[0]->node);
    logged_order(order);
    end_logging();
    if (strcmp(order, "srsrs") != 0) {
        fail_msg("of (s)tored and (r)efused chunks in the order srsrs, lines were logged in the order %s",
                 order);
    }
    for (size_t i = 0; i < COUNT; i++) {
        discard_request(group[i]);
    }
}

// The lines are handed over first. Here, where no thread writes them, they are then written; a server's are
// queued.
static void what_is_stored_is_logged_before_anything_is_answered(void **state) {
    (void)state;
    open_ledger(3);
    struct ledger_request *group[] = {request_as((struct sent){.first = 0, .count = 5}, on_answered),
                                      request_as((struct sent){.first = 5, .count = 2}, on_answered),
                                      request_as((struct sent){.agency = 2, .count = 1}, on_answered)};
    for (size_t i = 0; i < 2; i++) {
        group[i]->node.next = &group[i + 1]->node;
    }
    story.count = 0;
    logged_before_the_first = -1;
    begin_logging();
    group_process(story.ledger, &group[0]->node);
    int in_the_end = logged("action: apuestas_almacenadas");
    end_logging();
    assert_int_equal(story.count, 3);
    assert_int_equal(in_the_end, 3);
    assert_int_equal(logged_before_the_first, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_error(&group[i]->answer.error, ERROR_NONE);
        discard_request(group[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(each_bet_is_counted_once),
        LEDGER_TEST(what_is_not_stored_is_not_counted),
        LEDGER_TEST(a_commit_is_timed_when_it_was_made),
        LEDGER_TEST(a_store_that_fails_again_and_again_is_counted_once),
        LEDGER_TEST(a_store_that_made_the_draw_and_fails_is_counted_again),
        LEDGER_TEST(a_refusal_is_said_before_anything_is_answered),
        LEDGER_TEST(a_refusal_is_logged_between_what_was_stored_before_and_after_it),
        LEDGER_TEST(what_is_stored_is_logged_before_anything_is_answered),
    };
    return cmocka_run_group_tests_name("ledger_counters", tests, NULL, NULL);
}

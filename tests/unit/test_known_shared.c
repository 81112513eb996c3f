// A server reads an agency's row when it first hears of it, and again after another was quicker.
// It reads no other then, and whatever it has counted comes out right.
#include "servers_story.h"

#include "logged.h"

#include "ledger/orders.h"
#include "ledger/state.h"

enum { AGENCIES = 3, WINNER_BETS = 8 };

#define TOLD "SELECT count(told_at) FROM agencies"

// Several requests in one group -----------------------------------------------------------------------------

static void process(struct server *server, struct ledger_request *requests[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        requests[i]->node.next = i + 1 < count ? &requests[i + 1]->node : NULL;
    }
    current = server;
    group_process(server->ledger, &requests[0]->node);
}

static void discard(struct ledger_request *requests[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        chunk_free((struct chunk *)(uintptr_t)requests[i]->input.chunk);
        free(requests[i]);
    }
}

static void assert_next(const struct ledger_request *request, int64_t next) {
    assert_error(&request->answer.error, ERROR_NONE);
    if (request->answer.next != next) {
        fail_msg("agency %u: expected %lld bets stored, and the answer says %lld", request->input.agency,
                 (long long)next, (long long)request->answer.next);
    }
}

// First heard of --------------------------------------------------------------------------------------------

static void a_start_reads_no_row_and_counts_them(void **state) {
    (void)state;
    start_new(&servers[0], AGENCIES);
    assert_stored(&servers[0], .first = 0, .count = 4, .next = 4);
    assert_stored(&servers[0], .last = true, .agency = 2, .first = 0, .count = 3, .next = 3);
    begin_logging();
    start_new(&servers[1], AGENCIES);
    int lines = logged("state: open | finished: 1 of 3 | bets: 7 |");
    end_logging();
    assert_int_equal(lines, 1);
    assert_int_equal(servers[1].asked, 0);
    assert_int_equal(servers[1].counted, 1);
}

static void a_row_is_read_when_its_agency_is_first_heard_of(void **state) {
    (void)state;
    start_new(&servers[0], AGENCIES);
    assert_stored(&servers[0], .first = 0, .count = 4, .next = 4);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 3, .next = 3);
    start_new(&servers[1], AGENCIES);
    assert_stored(&servers[1], .first = 4, .count = 1, .next = 5);
    assert_int_equal(servers[1].asked_for, 1);
    assert_stored(&servers[1], .first = 5, .count = 1, .next = 6); // it knows
    assert_int_equal(servers[1].asked, 1);
    struct ledger_request *requests[] = {
        request_of(.first = NO_FIRST, .from = 6, .count = 1), request_of(.type = LEDGER_PASS, .agency = 3),
        request_of(.agency = 2, .first = NO_FIRST, .from = 3, .count = 2),
        request_of(.agency = 4, .first = 0, .count = 1), request_of(.agency = 3, .first = 0, .count = 2)};
    process(&servers[1], requests, 5);
    assert_next(requests[0], 7);
    assert_next(requests[2], 5);
    assert_error(&requests[3]->answer.error, ERROR_UNKNOWN_AGENCY);
    assert_next(requests[4], 2);
    discard(requests, 5);
    assert_int_equal(servers[1].asked, 2); // all of them at once, and none that it knows
    assert_int_equal(servers[1].asked_for, 3);
    assert_stored(&servers[1], .agency = 3, .first = 2, .count = 2, .next = 4); // it had no row
    assert_int_equal(servers[1].asked, 2);
    assert_int_equal(servers[1].dropped, 0);
    assert_bets(7 + 5 + 4);
}

// A row that is damaged is no guess: nothing is decided on it.
static void a_damaged_row_is_found_when_it_is_read(void **state) {
    (void)state;
    start_new(&servers[0], AGENCIES);
    assert_stored(&servers[0], .first = 0, .count = 4, .next = 4);
    assert_int_equal(query_number("UPDATE agencies SET bets = 3 RETURNING 1"), 1);
    start_new(&servers[1], AGENCIES);
    struct ledger_request refused = send(&servers[1], .first = 3, .count = 2);
    assert_error(&refused.answer.error, ERROR_STORE_FAILED);
    assert_non_null(strstr(refused.answer.error.text, "the row of agency 1 is damaged"));
    assert_stored(&servers[1], .agency = 2, .first = 0, .count = 2, .next = 2);
}

static char recalled[256];

static void on_recalled(void *context, const struct ledger_note *note) {
    (void)context;
    size_t length = strlen(recalled);
    assert_non_null(note->at);
    snprintf(recalled + length, sizeof recalled - length, "%s %u %llu, ",
             note->kind == LEDGER_NOTE_FINISHED ? "finished" : "?", note->agency,
             (unsigned long long)note->bets);
}

// For the audit log.
static void who_has_finished_is_recalled(void **state) {
    (void)state;
    struct error error;
    start_new(&servers[0], AGENCIES);
    assert_stored(&servers[0], .last = true, .agency = 3, .first = 0, .count = 4, .next = 4);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 4, .next = 4);
    assert_stored(&servers[0], .last = true, .first = 0, .count = 2, .next = 2);
    start_new(&servers[1], AGENCIES);
    recalled[0] = '\0';
    must(ledger_recall(servers[1].ledger, on_recalled, NULL, &error), &error);
    assert_string_equal(recalled, "finished 1 2, finished 3 4, ");
}

static void on_order(struct ledger_order *order) {
    (void)order;
}

// What a server says of the draw: "finished 1, bets 3, missing 1-1 3-3".
static void assert_status(struct server *server, bool store_fails, const char *expected) {
    struct ledger_order order = {.kind = ORDER_STATUS, .complete = on_order};
    const struct order_status *status = &order.answer.status;
    char text[128];
    current = server;
    order_carry_out(server->ledger, &order);
    assert_error(&order.answer.error, ERROR_NONE);
    snprintf(text, sizeof text, "finished %u, bets %llu, missing", status->finished,
             (unsigned long long)status->bets);
    for (size_t i = 0; i < status->missing_count; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, " %u-%u", status->missing[i].from,
                 status->missing[i].to);
    }
    strcat(text, status->more_missing ? " and more" : "");
    strcat(text, status->counted_at[0] != '\0' ? ", counted before" : "");
    assert_string_equal(text, expected);
    assert_int_equal(status->store_fails, store_fails);
    order_free_answer(&order);
}

// It has heard of none of them, and another server has stored what there is.
static void the_status_is_of_what_all_servers_have_stored(void **state) {
    (void)state;
    start_new(&servers[0], 6);
    assert_stored(&servers[0], .last = true, .agency = 2, .first = 0, .count = 3, .next = 3);
    start_new(&servers[1], 6);
    assert_status(&servers[1], false, "finished 1, bets 3, missing 1-1 3-6");
    assert_stored(&servers[0], .agency = 4, .first = 0, .count = 5, .next = 5);
    assert_stored(&servers[0], .last = true, .agency = 6, .first = 0, .count = 0, .next = 0);
    assert_status(&servers[1], false, "finished 2, bets 8, missing 1-1 3-5");
    assert_stored(&servers[1], .agency = 1, .first = 0, .count = 2, .next = 2);
    servers[1].reads_lost = 1;
    // As it was last counted, and with what it has stored since.
    assert_status(&servers[1], true, "finished 2, bets 10, missing and more, counted before");
    assert_status(&servers[1], false, "finished 2, bets 10, missing 1-1 3-5");
    assert_int_equal(servers[1].asked, 1); // about the agency that it stored bets of
}

// After another server was quicker --------------------------------------------------------------------------

// The group has three agencies: one that is as it was known, one that another server has changed, and one
// that is new.
static void what_a_dropped_group_was_about_is_read_again_and_nothing_else(void **state) {
    (void)state;
    start(&servers[0], 4);
    start(&servers[1], 4);
    assert_stored(&servers[1], .first = 0, .count = 4, .next = 4);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 3, .next = 3);
    int asked_for = servers[1].asked_for, looked = servers[1].looked, counted = servers[1].counted;
    struct ledger_request *requests[] = {request_of(.first = NO_FIRST, .from = 4, .count = 3),
                                         request_of(.agency = 2, .first = NO_FIRST, .from = 3, .count = 3),
                                         request_of(.agency = 3, .first = NO_FIRST, .count = 3)};
    process(&servers[1], requests, 3);
    assert_next(requests[0], 7);
    assert_next(requests[1], 6);
    assert_next(requests[2], 3);
    discard(requests, 3);
    assert_bets(7 + 6 + 3);
    assert_int_equal(servers[1].dropped, 1);
    assert_int_equal(servers[1].asked_for - asked_for, 3);
    assert_int_equal(servers[1].looked - looked, 1); // whether the draw is the same
    assert_int_equal(servers[1].counted, counted);
}

// Then nothing that was known holds: the agencies are others, too.
static void when_the_draw_has_changed_nothing_is_known(void **state) {
    (void)state;
    start(&servers[0], 2);
    assert_stored(&servers[0], .first = 0, .count = 4, .next = 4);
    start(&servers[1], AGENCIES);
    int counted = servers[0].counted, asked_for = servers[0].asked_for;
    assert_stored(&servers[0], .first = NO_FIRST, .from = 4, .count = 3, .next = 7);
    assert_int_equal(servers[0].dropped, 1);
    assert_int_equal(servers[0].counted - counted, 1);
    assert_int_equal(servers[0].asked_for - asked_for, 1);
    assert_stored(&servers[0], .agency = AGENCIES, .first = 0, .count = 3, .next = 3);
}

// The group of the last agency's end is stale, behind the seal or with it: it is sealed in memory alone.
static void seal_in_vain(int stale, int stale_draws) {
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[0], .last = true, .agency = 2, .first = 0, .count = 2, .next = 2);
    servers[1].stale = stale;
    servers[1].stale_draws = stale_draws;
    struct ledger_request *requests[] = {request_of(.last = true, .first = 0, .count = 2)};
    process(&servers[1], requests, 1);
    assert_next(requests[0], 2);
    assert_true(requests[0]->answer.finished);
    discard(requests, 1);
    assert_int_equal(servers[1].dropped, 1);
    assert_int_equal(query_number("SELECT count(*) FROM draws WHERE state = 'sealed' AND finished = 2"), 1);
    work_do(servers[1].ledger);
    assert_int_equal(servers[1].drawn, 1);
}

static void a_seal_that_was_dropped_is_none(void **state) {
    (void)state;
    seal_in_vain(1, 0);
}

static void a_seal_that_could_not_be_put_is_none(void **state) {
    (void)state;
    seal_in_vain(0, 1);
}

// Who has been told -----------------------------------------------------------------------------------------

// Several servers that know a draw of three agencies.
static void draw_it(void) {
    start(&servers[0], AGENCIES);
    start(&servers[1], AGENCIES);
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        assert_stored(&servers[0], .last = true, .agency = agency, .first = 0, .count = WINNER_BETS,
                      .next = WINNER_BETS);
    }
    work_do(servers[0].ledger);
    current = &servers[1];
    work_look(servers[1].ledger);
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) { // their rows as they are now
        (void)send(&servers[1], .agency = agency, .first = NO_FIRST, .count = 0);
    }
}

static void tell(struct server *server, uint32_t agency) {
    struct ledger_request told =
        answer(server, request_of(.type = LEDGER_TOLD, .agency = agency, .first = NO_FIRST));
    assert_error(&told.answer.error, ERROR_NONE);
}

static void assert_told(const struct server *server, int all_told, int64_t stored) {
    if (server->all_told != all_told || query_number(TOLD) != stored) {
        fail_msg("expected %lld of %d agencies told, and all_told %d; stored are %lld, and it is %d",
                 (long long)stored, AGENCIES, all_told, (long long)query_number(TOLD), server->all_told);
    }
    if (server->ledger->store != NULL && server->ledger->told_notes.count > 0) {
        fail_msg("what is stored is still remembered: %zu agencies", server->ledger->told_notes.count);
    }
}

// Each is counted once, whoever told it and whatever was dropped.
static void who_is_told_by_two_servers_counts_once(void **state) {
    (void)state;
    draw_it();
    tell(&servers[0], 1);
    tell(&servers[1], 1); // as far as it knows, nobody has
    assert_int_equal(servers[1].dropped, 1);
    tell(&servers[1], 2);
    assert_told(&servers[1], 0, 2);
    tell(&servers[1], 3);
    assert_told(&servers[1], 1, 3);
}

static void who_is_told_with_a_dropped_group_counts_once(void **state) {
    (void)state;
    draw_it();
    tell(&servers[0], 2);
    struct ledger_request *requests[] = {request_of(.type = LEDGER_TOLD, .first = NO_FIRST),
                                         request_of(.type = LEDGER_TOLD, .agency = 2, .first = NO_FIRST)};
    process(&servers[1], requests, 2);
    discard(requests, 2);
    assert_int_equal(servers[1].dropped, 1);
    assert_told(&servers[1], 0, 2);
    tell(&servers[1], 3);
    assert_told(&servers[1], 1, 3);
}

// Those that were told before it started are in the database's count; it reads their rows all the same.
static void who_was_told_before_a_start_counts_once(void **state) {
    (void)state;
    draw_it();
    tell(&servers[0], 1);
    start(&servers[2], AGENCIES);
    tell(&servers[2], 1);
    tell(&servers[2], 2);
    assert_told(&servers[2], 0, 2);
    tell(&servers[2], 3);
    assert_told(&servers[2], 1, 3);
}

// Nobody says again that an agency was told: it is stored when the store is back, with no request about it.
static void who_was_told_is_stored_when_the_store_is_back(void **state) {
    (void)state;
    draw_it();
    tell(&servers[0], 1);
    tell(&servers[0], 2);
    servers[1].fails = 1;
    struct ledger_request told =
        answer(&servers[1], request_of(.type = LEDGER_TOLD, .agency = 3, .first = NO_FIRST));
    assert_error(&told.answer.error, ERROR_STORE_FAILED);
    assert_told(&servers[1], 0, 2);
    current = &servers[1];
    work_look(servers[1].ledger);
    assert_told(&servers[1], 1, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SHARED_TEST(a_start_reads_no_row_and_counts_them),
        SHARED_TEST(a_row_is_read_when_its_agency_is_first_heard_of),
        SHARED_TEST(a_damaged_row_is_found_when_it_is_read),
        SHARED_TEST(who_has_finished_is_recalled),
        SHARED_TEST(the_status_is_of_what_all_servers_have_stored),
        SHARED_TEST(what_a_dropped_group_was_about_is_read_again_and_nothing_else),
        SHARED_TEST(when_the_draw_has_changed_nothing_is_known),
        SHARED_TEST(a_seal_that_was_dropped_is_none),
        SHARED_TEST(a_seal_that_could_not_be_put_is_none),
        SHARED_TEST(who_is_told_by_two_servers_counts_once),
        SHARED_TEST(who_is_told_with_a_dropped_group_counts_once),
        SHARED_TEST(who_was_told_before_a_start_counts_once),
        SHARED_TEST(who_was_told_is_stored_when_the_store_is_back),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests_name("known_shared", tests, NULL, NULL);
}

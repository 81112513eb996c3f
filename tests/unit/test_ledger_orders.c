// What an operator orders of the draw: stored before it is answered, done once, and final.
#include "given_orders.h"

#include "ledger/counters.h"
#include "ledger/cutoff.h"
#include "ledger/cutoff_time.h"
#include "ledger/orders.h"
#include "ledger/state.h"

// close ---------------------------------------------------------------------------------------------------

static void a_close_seals_what_is_stored(void **state) {
    (void)state;
    begin(4);
    assert_stored(.agency = 2, .last = true, .first = 0, .count = 8, .next = 8);
    assert_stored(.agency = 3, .first = 0, .count = 5, .next = 5);
    assert_done(.kind = ORDER_CLOSE);
    assert_string_equal(noted, "2 finished, 1 close, 3 close, 4 close, sealed, ");
    assert_int_equal(order.answer.status.draw.state, DRAW_SEALED);
    assert_string_equal(order.answer.status.draw.closed_at, order.answer.status.draw.sealed_at);
    assert_int_equal(order.answer.status.bets, 13);
    assert_missing("1-1 3-4 ");
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE ending = 'close'"), 3);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed' AND closed_at <> ''"), 1);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(2), "7");
    assert_bets(13);
}

static void assert_counted(int64_t done, int64_t refused) {
    static int64_t done_before, refused_before;
    int64_t done_now = counter_read(&ledger_counters.orders_done);
    int64_t refused_now = counter_read(&ledger_counters.orders_refused);
    assert_int_equal(done_now - done_before, done);
    assert_int_equal(refused_now - refused_before, refused);
    done_before = done_now;
    refused_before = refused_now;
}

static void orders_that_change_the_draw_are_counted(void **state) {
    (void)state;
    begin(3);
    assert_counted(counter_read(&ledger_counters.orders_done), counter_read(&ledger_counters.orders_refused));
    assert_done(.kind = ORDER_STATUS);
    give(.kind = ORDER_CLOSE, .unsure = true);
    assert_counted(0, 0);
    assert_done(.kind = ORDER_FINISH, .input.agency = 2);
    assert_counted(1, 0);
    give(.kind = ORDER_FINISH, .input.agency = 4); // there is none
    assert_counted(0, 1);
}

// Its clients may not have heard that it was stored.
static void behind_a_close_what_is_stored_is_acknowledged_and_nothing_new_is_taken(void **state) {
    (void)state;
    begin(3);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    assert_done(.kind = ORDER_CLOSE);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    assert_stored(.agency = 2, .last = true, .first = 5, .count = 0, .next = 5);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 2, .first = 5, .count = 1);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 2, .first = 3, .count = 3);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 2, .first = NO_FIRST, .count = 1);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 3, .first = 0, .count = 1);
    assert_refused(ERROR_AGENCY_FINISHED, .agency = 1, .first = 2, .count = 1);
    assert_bets(7);
    work_do(story.ledger);
    restart(3);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 3, .first = 0, .count = 1);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
}

static void a_close_tells_how_much_was_stored(void **state) {
    (void)state;
    int64_t next;
    begin(1);
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_done(.kind = ORDER_CLOSE);
    assert_ptr_equal(ask(request(.agency = 1, .first = 3, .count = 4), &next), ERROR_DRAW_CLOSED);
    assert_int_equal(next, 5);
}

static void a_close_happens_once(void **state) {
    (void)state;
    begin(2);
    assert_done(.kind = ORDER_CLOSE);
    char closed_at[STORE_TIME_BYTES];
    memcpy(closed_at, order.answer.status.draw.closed_at, sizeof closed_at);
    noted[0] = '\0';
    assert_already(.kind = ORDER_CLOSE);
    assert_missing("1-2 ");
    assert_string_equal(order.answer.status.draw.closed_at, closed_at);
    work_do(story.ledger);
    assert_already(.kind = ORDER_CLOSE);
    assert_string_equal(noted, "drawn, ");
}

static void when_all_have_finished_there_is_nothing_to_close(void **state) {
    (void)state;
    begin(1);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
    assert_already(.kind = ORDER_CLOSE);
    assert_missing("");
    assert_string_equal(order.answer.status.draw.closed_at, "");
}

static void what_is_not_sure_is_only_said(void **state) {
    (void)state;
    begin(3);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    give(.kind = ORDER_CLOSE, .unsure = true);
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    assert_missing("1-3 ");
    assert_non_null(strstr(order.answer.error.text, "cut off, with the bets that they have sent: 1-3"));
    give(.kind = ORDER_FINISH, .unsure = true, .input.agency = 2);
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    assert_non_null(strstr(order.answer.error.text, "agency 2 ends with the 5 bets"));
    assert_stored(.agency = 2, .first = 5, .count = 1, .next = 6);
    assert_string_equal(noted, "");
    assert_done(.kind = ORDER_CLOSE);
    give(.kind = ORDER_CLOSE, .unsure = true); // it would change nothing, so nobody has to be sure
    assert_error(&order.answer.error, ERROR_NONE);
    assert_true(order.answer.already);
}

// Nobody knows then whether it was stored. It is whole or not at all, and may be ordered again.
static void a_close_that_fails_is_whole_or_not_at_all(void **state) {
    (void)state;
    for (enum commit_fault fault = FAIL_BEFORE; fault <= FAIL_AFTER; fault++) {
        begin(3);
        assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
        story.fault = fault;
        give(.kind = ORDER_CLOSE);
        assert_error(&order.answer.error, ERROR_STORE_FAILED);
        assert_string_equal(noted, "");
        assert_int_equal(query("SELECT count(*) FROM agencies WHERE ending = 'close'"),
                         fault == FAIL_BEFORE ? 0 : 3);
        give(.kind = ORDER_CLOSE);
        assert_error(&order.answer.error, ERROR_NONE);
        assert_int_equal(order.answer.already, fault == FAIL_AFTER);
        assert_missing("1-3 ");
        assert_int_equal(query("SELECT count(*) FROM agencies WHERE ending = 'close'"), 3);
        ledger_close(&story.ledger);
        remove_stores();
    }
}

// finish --------------------------------------------------------------------------------------------------

static void an_agency_is_ended(void **state) {
    (void)state;
    begin(3);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    assert_done(.kind = ORDER_FINISH, .input.agency = 2);
    assert_string_equal(noted, "2 operator, ");
    assert_int_equal(order.answer.agency.bets, 5);
    assert_missing("1-1 3-3 ");
    assert_int_equal(order.answer.status.draw.state, DRAW_OPEN);
    assert_already(.kind = ORDER_FINISH, .input.agency = 2);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 2, .first = 5, .count = 1);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 1, .next = 1);
    assert_already(.kind = ORDER_FINISH, .input.agency = 1);
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE ending = 'operator'"), 1);
}

static void the_last_one_that_is_ended_seals_the_draw(void **state) {
    (void)state;
    begin(2);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 1, .next = 1);
    assert_done(.kind = ORDER_FINISH, .input.agency = 2);
    assert_string_equal(noted, "1 finished, 2 operator, sealed, ");
    assert_int_equal(order.answer.status.draw.state, DRAW_SEALED);
    assert_string_equal(order.answer.status.draw.closed_at, "");
    assert_already(.kind = ORDER_FINISH, .input.agency = 2);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
}

static void there_must_be_such_an_agency(void **state) {
    (void)state;
    begin(2);
    give(.kind = ORDER_FINISH, .input.agency = 3);
    assert_error(&order.answer.error, ERROR_UNKNOWN_AGENCY);
    give(.kind = ORDER_FINISH, .input.agency = 0);
    assert_error(&order.answer.error, ERROR_UNKNOWN_AGENCY);
}

// draw ----------------------------------------------------------------------------------------------------

static void begin_manual(uint32_t agencies) {
    story.is_manual = true;
    begin(agencies);
}

static void the_number_comes_after_the_seal(void **state) {
    (void)state;
    begin_manual(2);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    give(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    assert_error(&order.answer.error, ERROR_NOT_SEALED);
    assert_done(.kind = ORDER_CLOSE);
    assert_false(work_is_due(story.ledger));
    work_do(story.ledger); // as after a failure: it knows no number
    assert_int_equal(story.drawn, 0);
    give(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER, .unsure = true);
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed' AND winning_number IS NULL"),
                     1);
    assert_done(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    assert_int_equal(order.answer.winners, 1);
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7");
    assert_string_equal(noted, "1 finished, 2 close, sealed, drawn, ");
}

static void a_number_stays_for_ever(void **state) {
    (void)state;
    begin_manual(1);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    assert_done(.kind = ORDER_DRAW, .input.number = 3);
    for (int start = 0; start < 2; start++) {
        assert_already(.kind = ORDER_DRAW, .input.number = 3);
        assert_int_equal(order.answer.winners, query("SELECT count(*) FROM winners"));
        give(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER, .input.is_dry_run = start == 1);
        assert_error(&order.answer.error, ERROR_NUMBER_STORED);
        assert_int_equal(query("SELECT winning_number FROM draws"), 3);
        restart(1);
    }
}

static void a_dry_run_only_counts(void **state) {
    (void)state;
    begin_manual(1);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    assert_done(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER, .input.is_dry_run = true);
    assert_int_equal(order.answer.winners, 1);
    assert_int_equal(order.answer.status.draw.state, DRAW_SEALED);
    assert_int_equal(query("SELECT count(*) FROM winners"), 0);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE winning_number IS NULL"), 1);
    assert_done(.kind = ORDER_DRAW, .input.number = 9999, .input.is_dry_run = true);
    assert_int_equal(order.answer.winners, 0);
    assert_done(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    assert_int_equal(story.drawn, 1);
}

static void a_fixed_number_takes_no_order(void **state) {
    (void)state;
    begin(1);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 1, .next = 1);
    give(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    assert_error(&order.answer.error, ERROR_NUMBER_FIXED);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
}

static void a_number_that_fails_is_stored_with_its_winners_or_not_at_all(void **state) {
    (void)state;
    for (enum commit_fault fault = FAIL_BEFORE; fault <= FAIL_AFTER; fault++) {
        begin_manual(1);
        assert_stored(.agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
        story.fault = fault;
        give(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
        assert_error(&order.answer.error, ERROR_STORE_FAILED);
        assert_int_equal(query("SELECT count(*) FROM winners"), fault == FAIL_AFTER);
        assert_int_equal(query("SELECT count(*) FROM draws WHERE winning_number IS NULL"),
                         fault == FAIL_BEFORE);
        assert_int_equal(story.drawn, 0);
        if (fault == FAIL_AFTER) {
            give(.kind = ORDER_DRAW, .input.number = 1);
            assert_error(&order.answer.error, ERROR_NUMBER_STORED);
        }
        give(.kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
        assert_error(&order.answer.error, ERROR_NONE);
        assert_int_equal(order.answer.already, fault == FAIL_AFTER);
        assert_int_equal(order.answer.winners, 1);
        assert_int_equal(story.drawn, 1);
        ledger_close(&story.ledger);
        remove_stores();
    }
}

// A flag that is forgotten at a restart makes no draw with the default number.
static void a_restart_without_the_setting_stays_manual(void **state) {
    struct error error;
    (void)state;
    begin_manual(1);
    assert_stored(.agency = 1, .first = 0, .count = 1, .next = 1);
    story.is_manual = false;
    story.by_default = true;
    restart(1);
    assert_stored(.agency = 1, .last = true, .first = 1, .count = 7, .next = 8);
    assert_false(work_is_due(story.ledger));
    ledger_close(&story.ledger);
    remove_stores();
    story.is_manual = true;
    story.by_default = false;
    begin(1);
    assert_stored(.agency = 1, .first = 0, .count = 1, .next = 1);
    ledger_close(&story.ledger);
    story.is_manual = false;
    assert_false(try_to_open(1, &error)); // now with a number
    assert_non_null(strstr(error.text, "was opened with NUMBER=manual and has bets"));
    story.change = true;
    begin(1);
    assert_stored(.agency = 1, .last = true, .first = 1, .count = 7, .next = 8);
    work_do(story.ledger);
    assert_string_equal(winners_of_agency(1), "7");
}

// change, and the cut-off ---------------------------------------------------------------------------------

static void other_terms_for_an_open_draw(void **state) {
    (void)state;
    begin(3);
    assert_stored(.agency = 2, .last = true, .first = 0, .count = 8, .next = 8);
    assert_done(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 4, .unsure = true);
    assert_stored(.agency = 4, .first = 0, .count = 1, .next = 1);
    assert_already(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 4);
    give(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 41, .unsure = true);
    assert_error(&order.answer.error, ERROR_NEEDS_YES); // more than ten times as many
    assert_done(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 40, .unsure = true);
    assert_done(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 4, .unsure = true);
    give(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 3);
    assert_error(&order.answer.error, ERROR_BAD_CHANGE);
    assert_non_null(strstr(order.answer.error.text, "agency 4 has sent"));
    assert_done(.kind = ORDER_CHANGE, .input.changes_number = true, .input.number = 3);
    assert_done(.kind = ORDER_CLOSE);
    work_do(story.ledger);
    assert_int_equal(query("SELECT winning_number FROM draws"), 3);
    give(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 5);
    assert_error(&order.answer.error, ERROR_NOT_OPEN);
}

static void fewer_agencies_may_seal_the_draw(void **state) {
    (void)state;
    begin(3);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    give(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 1, .unsure = true);
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    assert_done(.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 1);
    assert_int_equal(order.answer.status.draw.state, DRAW_SEALED);
    assert_string_equal(noted, "1 finished, sealed, ");
    assert_refused(ERROR_UNKNOWN_AGENCY, .agency = 2, .first = 0, .count = 1);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
}

static void a_manual_number_is_not_changed(void **state) {
    (void)state;
    begin_manual(1);
    give(.kind = ORDER_CHANGE, .input.changes_number = true, .input.number = 3);
    assert_error(&order.answer.error, ERROR_BAD_CHANGE);
}

static void keep_cutoff(void) {
    struct error error;
    must(cutoff_keep(story.ledger, &error), &error);
}

#define CUTOFF(at)                                                                                           \
    .kind = ORDER_CHANGE, .input.changes_cutoff = true, .input.closes_at = at, .input.closes_text = at

static void a_cut_off_closes_the_draw(void **state) {
    (void)state;
    begin(2);
    assert_false(cutoff_is_ahead(story.ledger));
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_done(CUTOFF("2999-12-31T00:00:00Z"));
    keep_cutoff();
    assert_int_equal(story.ledger->draw.state, DRAW_OPEN);
    assert_done(.kind = ORDER_CHANGE, .input.changes_cutoff = true);
    assert_false(cutoff_is_ahead(story.ledger));
    assert_done(CUTOFF("2026-01-01T00:00:00Z"));
    assert_refused(ERROR_DRAW_CLOSED, .agency = 1, .first = 5, .count = 1);
    assert_refused(ERROR_DRAW_CLOSED, .agency = 2, .first = 0, .count = 1);
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_string_equal(noted, "1 close, 2 close, sealed, ");
    assert_int_equal(query("SELECT closed_at = sealed_at FROM draws"), 1);
    keep_cutoff();
    assert_string_equal(noted, "1 close, 2 close, sealed, ");
}

// Also when something else is changed by the settings of that start: the same text once more is no other one.
static void a_cut_off_does_not_move_with_other_terms(void **state) {
    (void)state;
    story.closes_text = "21:00";
    begin(1);
    assert_stored(.agency = 1, .first = 0, .count = 1, .next = 1);
    assert_done(.kind = ORDER_CHANGE, .input.changes_cutoff = true, .input.closes_at = "2999-01-01T00:00:00Z",
                .input.closes_text = "21:00");
    story.change = true;
    restart(2);
    assert_int_equal(ledger_agencies(story.ledger), 2);
    assert_string_equal(story.ledger->draw.closes_at, "2999-01-01T00:00:00Z");
}

// The text means a moment when it is first given. The same text at a later start does not move it.
static void a_setting_is_fixed_at_the_first_start(void **state) {
    struct error error;
    char closes_at[STORE_TIME_BYTES];
    (void)state;
    story.closes_text = "2999-01-01T21:00";
    begin(1);
    memcpy(closes_at, story.ledger->draw.closes_at, sizeof closes_at);
    assert_memory_equal(closes_at, "2999-01-0", 9);
    assert_stored(.agency = 1, .first = 0, .count = 1, .next = 1);
    restart(1);
    assert_string_equal(story.ledger->draw.closes_at, closes_at);
    story.closes_text = NULL;
    restart(1);
    assert_string_equal(story.ledger->draw.closes_at, closes_at);
    ledger_close(&story.ledger);
    story.closes_text = closes_at; // the same moment, as it is shown
    open_ledger(1);
    assert_string_equal(story.ledger->draw.closes_text, "2999-01-01T21:00");
    ledger_close(&story.ledger);
    story.closes_text = "2998-01-01T21:00";
    assert_false(try_to_open(1, &error));
    assert_non_null(strstr(error.text, "has bets and closes at 2999-01-0"));
    story.change = true;
    open_ledger(1);
    assert_memory_equal(story.ledger->draw.closes_at, "2998-01-0", 9);
    ledger_close(&story.ledger);
    story.closes_text = "2020-01-01T21:00";
    assert_false(try_to_open(1, &error));
    assert_non_null(strstr(error.text, "has passed"));
}

static int end(void **state) {
    order_free_answer(&order);
    order = (struct ledger_order){0};
    return tear_down(state);
}

#define ORDER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        ORDER_TEST(a_close_seals_what_is_stored),
        ORDER_TEST(orders_that_change_the_draw_are_counted),
        ORDER_TEST(behind_a_close_what_is_stored_is_acknowledged_and_nothing_new_is_taken),
        ORDER_TEST(a_close_tells_how_much_was_stored),
        ORDER_TEST(a_close_happens_once),
        ORDER_TEST(when_all_have_finished_there_is_nothing_to_close),
        ORDER_TEST(what_is_not_sure_is_only_said),
        ORDER_TEST(a_close_that_fails_is_whole_or_not_at_all),
        ORDER_TEST(an_agency_is_ended),
        ORDER_TEST(the_last_one_that_is_ended_seals_the_draw),
        ORDER_TEST(there_must_be_such_an_agency),
        ORDER_TEST(the_number_comes_after_the_seal),
        ORDER_TEST(a_number_stays_for_ever),
        ORDER_TEST(a_dry_run_only_counts),
        ORDER_TEST(a_fixed_number_takes_no_order),
        ORDER_TEST(a_number_that_fails_is_stored_with_its_winners_or_not_at_all),
        ORDER_TEST(a_restart_without_the_setting_stays_manual),
        ORDER_TEST(other_terms_for_an_open_draw),
        ORDER_TEST(fewer_agencies_may_seal_the_draw),
        ORDER_TEST(a_manual_number_is_not_changed),
        ORDER_TEST(a_cut_off_closes_the_draw),
        ORDER_TEST(a_cut_off_does_not_move_with_other_terms),
        ORDER_TEST(a_setting_is_fixed_at_the_first_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// A server that is started again keeps the settings that its draw was opened with.
// Which settings hold: those it is given, or those of the draw (ledger/terms.c).
#include "ledger_story.h"
#include "logged.h"

#include "base/log.h"
#include "ledger/orders.h"
#include "ledger/terms.h"
#include "store/erase.h"

static void assert_not_opened(uint32_t agencies, const struct error_code *code, const char *says) {
    struct error error;
    ledger_close(&story.ledger);
    assert_false(try_to_open(agencies, &error));
    assert_error(&error, code);
    assert_string_equal(error_name(error.code), "bad_setting");
    if (strstr(error.text, says) == NULL) {
        fail_msg("%s", error.text);
    }
}

// The draw as it is stored: its agencies, and its number.
static void assert_terms(int agencies, int number) {
    assert_int_equal(query("SELECT agencies FROM draws"), agencies);
    assert_int_equal(query("SELECT winning_number FROM draws"), number);
}

static void before_the_first_bet_what_is_given_is_taken(void **state) {
    (void)state;
    open_ledger(5);
    restart(2);
    assert_terms(2, 7574);
    story.winning_number = 1;
    restart(3);
    assert_terms(3, 1);
    assert_stored(.agency = 3, .first = 0, .count = 1, .next = 1);
    assert_refused(ERROR_UNKNOWN_AGENCY, .agency = 4, .first = 0, .count = 1);
}

static void what_nobody_gives_is_as_it_was_opened(void **state) {
    (void)state;
    story.winning_number = 42;
    open_ledger(3);
    story.by_default = true;
    story.winning_number = 7574;
    restart(5);
    assert_terms(3, 42);
    assert_stored(.last = true, .first = 0, .count = 1, .next = 1);
    restart(1);
    assert_terms(3, 42);
    assert_int_equal(ledger_agencies(story.ledger), 3);
    assert_false(work_is_due(story.ledger));
}

static void a_draw_with_bets_is_not_sealed_by_mistake(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_not_opened(2, ERROR_AGENCIES_MISMATCH,
                      "AGENCIES is 2, and draw \"1\" was opened with 3 and has bets: start with 3, with "
                      "CHANGE=yes (--change) to have 2 from now on");
    assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'open' AND agencies = 3"), 1);
    story.change = true;
    open_ledger(2);
    assert_true(work_is_due(story.ledger)); // it is sealed
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_terms(2, 7574);
}

static void a_draw_without_bets_is_not_said_to_have_some(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.last = true, .first = 0, .count = 0, .next = 0);
    assert_not_opened(
        2, ERROR_AGENCIES_MISMATCH,
        "AGENCIES is 2, and draw \"1\" was opened with 3 and has agencies that have ended: start");
    open_ledger(3);
    story.closes_text = "2998-01-01T21:00";
    assert_not_opened(3, ERROR_CUTOFF_MISMATCH,
                      "draw \"1\" has agencies that have ended and no cut-off: start");
    story.closes_text = NULL;
    open_ledger(3);
    story.closes_text = "25:99";
    assert_not_opened(3, ERROR_CUTOFF_MISMATCH, "CLOSE_AT: \"25:99\": it is neither HH:MM");
}

static void no_other_number_wins_by_mistake(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.first = 0, .count = 8, .next = 8);
    story.winning_number = 1;
    assert_not_opened(2, ERROR_NUMBER_MISMATCH, "WINNING_NUMBER is 1, and draw \"1\" was opened with 7574");
    story.change = true;
    open_ledger(2);
    assert_terms(2, 1);
}

// An end without bets is enough for a draw to have begun: it may be what seals it.
static void an_end_without_bets_counts(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.last = true, .first = 0, .count = 0, .next = 0);
    assert_not_opened(1, ERROR_AGENCIES_MISMATCH, "AGENCIES is 1,");
    open_ledger(2);
}

static void more_agencies_are_taken(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 8, .next = 8);
    restart(2);
    assert_terms(2, 7574);
    assert_stored(.last = true, .first = 8, .count = 0, .next = 8);
    assert_false(work_is_due(story.ledger)); // it waits for agency 2 as well
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_true(work_is_due(story.ledger));
}

static void nobody_who_has_sent_is_left_out(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.agency = 3, .first = 0, .count = 1, .next = 1);
    story.change = true;
    assert_not_opened(2, ERROR_AGENCIES_MISMATCH,
                      "AGENCIES is 2, but agency 3 has sent to draw \"1\" already: start with 3 or more");
    open_ledger(3);
}

static void a_closed_draw_serves_as_it_is(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    work_do(story.ledger);
    story.winning_number = 1;
    story.change = true;
    begin_logging();
    restart(5);
    assert_int_equal(
        logged("state: drawn | finished: 1 of 1 | bets: 8 | winning_number: 7574 | message: it is "
               "drawn, and takes no bets: a new one needs another DRAW"),
        1);
    assert_int_equal(
        logged("draw: 1 | state: drawn | agencies: 1 | winning_number: 7574 | reason: the draw is closed"),
        1);
    end_logging();
    assert_terms(1, 7574);
    assert_int_equal(ledger_agencies(story.ledger), 1);
    uint16_t number;
    assert_true(ledger_winning_number(story.ledger, &number));
    assert_int_equal(number, 7574);
    assert_refused(ERROR_UNKNOWN_AGENCY, .agency = 2, .first = 0, .count = 1);
    assert_string_equal(winners_of_agency(1), "7");
}

static void on_order(struct ledger_order *order) {
    (void)order;
}

static void order_change(struct order_input input) {
    struct ledger_order order = {.kind = ORDER_CHANGE, .complete = on_order, .input = input};
    order_carry_out(story.ledger, &order);
    assert_error(&order.answer.error, ERROR_NONE);
    order_free_answer(&order);
}

// Nobody was there at the cut-off. What is in the draw is what had been stored by then.
static void a_cut_off_that_has_passed_is_not_taken_back(void **state) {
    (void)state;
    struct order_input input = {
        .changes_cutoff = true, .closes_at = "2026-01-01T00:00:00Z", .closes_text = "21:00"};
    for (int bets = 0; bets <= 8; bets += 8) {
        open_ledger(2);
        if (bets > 0) {
            assert_stored(.agency = 1, .first = 0, .count = 8, .next = 8);
        }
        order_change(input);
        story.closes_text = "2999-01-01T21:00";
        story.winning_number = 1;
        story.change = true;
        begin_logging();
        restart(3);
        assert_int_equal(
            logged(
                "WARNING  action: open_draw | result: success | draw: 1 | closes_at: 2026-01-01T00:00:00Z"),
            1);
        assert_int_equal(logged("change_draw"), 0);
        end_logging();
        assert_refused(ERROR_DRAW_CLOSED, .agency = 1, .first = (uint64_t)bets, .count = 1);
        assert_terms(2, 7574);
        assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed' AND closed_at IS NOT NULL"),
                         1);
        ledger_close(&story.ledger);
        remove_stores();
        story.closes_text = NULL;
        story.winning_number = 7574;
        story.change = false;
    }
}

// The log says how a number that is not fixed any more comes.
static void a_number_that_comes_otherwise(void **state) {
    (void)state;
    open_ledger(2);
    begin_logging();
    story.is_beacon = true;
    restart(2);
    assert_int_equal(logged("change_draw | result: success | draw: 1 | winning_number: 7574 → beacon"), 1);
    story.is_beacon = false;
    story.is_manual = true;
    restart(2);
    assert_int_equal(logged("change_draw | result: success | draw: 1 | winning_number: beacon → manual"), 1);
    end_logging();
    story.is_manual = false;
}

// A supervisor starts the server again with the settings of before.
static void what_was_ordered_stays(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.first = 0, .count = 8, .next = 8);
    order_change((struct order_input){.changes_agencies = true, .agencies = 2});
    begin_logging();
    restart(2);
    assert_int_equal(logged("WARNING"), 0); // they say the same
    restart(3);
    assert_terms(2, 7574);
    assert_int_equal(ledger_agencies(story.ledger), 2);
    assert_int_equal(logged("WARNING  action: open_draw | result: success | draw: 1 | changed_at: 20"), 1);
    assert_int_equal(
        logged("Z | message: AGENCIES is 3 in the settings, and the draw waits for 2; that stays "
               "as it was ordered: set it so"),
        1);
    restart(1); // nor is it refused
    assert_terms(2, 7574);
    assert_int_equal(logged("WARNING"), 2);
    assert_int_equal(logged("change_draw"), 0);
    end_logging();
    story.change = true;
    restart(3);
    assert_terms(3, 7574);
    story.change = false;
    assert_not_opened(1, ERROR_AGENCIES_MISMATCH, "was opened with 3"); // the settings have said so last
    open_ledger(3);
}

// Also before the first bet, when the settings count otherwise.
static void each_thing_that_was_ordered_stays(void **state) {
    (void)state;
    story.winning_number = 1111;
    story.closes_text = "2999-12-31T23:50Z";
    open_ledger(3);
    order_change((struct order_input){.changes_number = true, .number = 2222, .changes_cutoff = true});
    begin_logging();
    restart(4);
    assert_terms(3, 2222);
    assert_int_equal(query("SELECT closes_at IS NULL AND closes_text IS NULL FROM draws"), 1);
    assert_int_equal(
        logged("message: AGENCIES is 4 in the settings, and the draw waits for 3; WINNING_NUMBER "
               "is 1111 in the settings, and the draw has 2222; CLOSE_AT is 2999-12-31T23:50Z in "
               "the settings, and the draw has no cut-off; that stays"),
        1);
    story.is_manual = true;
    order_change((struct order_input){
        .changes_cutoff = true, .closes_at = "2998-01-01T00:00:00Z", .closes_text = "2998-01-01T00:00Z"});
    restart(3);
    assert_int_equal(
        logged("message: the number is to be manual in the settings, and the draw has NUMBER=fixed; CLOSE_AT "
               "is 2999-12-31T23:50Z in the settings, and the draw closes at 2998-01-01T00:00:00Z; that"),
        1);
    assert_terms(3, 2222);
    end_logging();
}

// What changes is said: before the first bet as it comes, later as a warning; and that nothing changes, to
// whoever has set that something may.
static void changes_are_said(void **state) {
    (void)state;
    open_ledger(3);
    begin_logging();
    restart(5);
    assert_int_equal(logged("INFO     action: change_draw | result: success | draw: 1 | agencies: 3 → 5"), 1);
    assert_int_equal(logged("change_draw"), 1);
    assert_stored(.first = 0, .count = 1, .next = 1);
    story.winning_number = 9;
    story.change = true;
    restart(4);
    assert_int_equal(logged("WARNING  action: change_draw | result: success | draw: 1 | agencies: 5 → 4"), 1);
    assert_int_equal(
        logged("WARNING  action: change_draw | result: success | draw: 1 | winning_number: 7574 → 0009"), 1);
    assert_int_equal(logged("change_draw"), 3);
    restart(4);
    assert_int_equal(logged("CHANGE is set, and nothing changes"), 1);
    assert_int_equal(logged("change_draw"), 4);
    story.change = false;
    restart(4);
    assert_int_equal(logged("change_draw"), 4);
    end_logging();
}

// Somebody has put an empty file in the store's place.
static void a_draw_that_is_gone_is_not_made_anew(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 8, .next = 8);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 8, .count = 1);
    remove_stores();
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 1);
}

static void an_erased_draw_is_opened_by_no_server(void **state) {
    (void)state;
    struct error error;
    open_ledger(1);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    work_do(story.ledger);
    ledger_close(&story.ledger);
    assert_true(store_erase_draw(story.path, "1", &error));
    assert_false(try_to_open(1, &error));
    assert_error(&error, ERROR_DRAW_ERASED);
    assert_non_null(strstr(error.text, "draw \"1\" was erased at "));
    assert_non_null(strstr(error.text, "start with another DRAW"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(before_the_first_bet_what_is_given_is_taken),
        LEDGER_TEST(what_nobody_gives_is_as_it_was_opened),
        LEDGER_TEST(a_draw_with_bets_is_not_sealed_by_mistake),
        LEDGER_TEST(a_draw_without_bets_is_not_said_to_have_some),
        LEDGER_TEST(no_other_number_wins_by_mistake),
        LEDGER_TEST(an_end_without_bets_counts),
        LEDGER_TEST(more_agencies_are_taken),
        LEDGER_TEST(nobody_who_has_sent_is_left_out),
        LEDGER_TEST(a_closed_draw_serves_as_it_is),
        LEDGER_TEST(a_cut_off_that_has_passed_is_not_taken_back),
        LEDGER_TEST(a_number_that_comes_otherwise),
        LEDGER_TEST(what_was_ordered_stays),
        LEDGER_TEST(each_thing_that_was_ordered_stays),
        LEDGER_TEST(changes_are_said),
        LEDGER_TEST(a_draw_that_is_gone_is_not_made_anew),
        LEDGER_TEST(an_erased_draw_is_opened_by_no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// An agency that has sent the wrong file begins anew: once, with nothing of that file left in the draw.
#include "ledger_story.h"

#include "ledger/orders.h"
#include "ledger/state.h"

static struct ledger_order order;
static struct ledger_sender connections[2];
static char noted[256]; // what was told to the audit log

static void on_noted(void *context, const struct ledger_note *note) {
    static const char *const names[] = {[LEDGER_NOTE_RESET] = "reset",
                                        [LEDGER_NOTE_RESET_ELSEWHERE] = "elsewhere",
                                        [LEDGER_NOTE_FINISHED] = "finished",
                                        [LEDGER_NOTE_SEALED] = "sealed",
                                        [LEDGER_NOTE_DRAWN] = "drawn"};
    size_t length = strlen(noted);
    (void)context;
    snprintf(noted + length, sizeof noted - length, "%u %s %u, ", note->agency, names[note->kind],
             (unsigned)(note->kind == LEDGER_NOTE_RESET ? note->bets * 10 + note->voiding : note->bets));
}

static void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &order);
}

static void give(enum ledger_order_kind kind, uint32_t agency, bool is_sure) {
    order_free_answer(&order);
    order = (struct ledger_order){
        .kind = kind, .complete = on_order, .input = {.agency = agency, .is_sure = is_sure}};
    order_carry_out(story.ledger, &order);
}

// Checks that the reset is answered so, with that many bets set aside.
static void assert_reset(uint32_t agency, bool already, uint64_t voided) {
    give(ORDER_RESET, agency, true);
    assert_error(&order.answer.error, ERROR_NONE);
    assert_int_equal(order.answer.already, already);
    assert_int_equal(order.answer.voided, voided);
}

static void begin(uint32_t agencies) {
    story.noted = on_noted;
    memset(connections, 0, sizeof connections);
    open_ledger(agencies);
    noted[0] = '\0';
}

// The order -----------------------------------------------------------------------------------------------

static void what_was_sent_is_set_aside_and_comes_anew(void **state) {
    (void)state;
    begin(2);
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_stored(.agency = 2, .first = 0, .count = 8, .next = 8);
    assert_reset(2, false, 8);
    assert_int_equal(order.answer.status.bets, 5);
    assert_int_equal(order.answer.status.draw.voided, 8);
    assert_string_equal(noted, "2 reset 81, ");
    assert_bets(5);
    assert_int_equal(query("SELECT sum(count) FROM voided WHERE agency = 2 AND voiding = 1"), 8);
    assert_stored(.agency = 2, .first = 0, .from = 10, .count = 4, .next = 4);
    assert_stored(.agency = 2, .first = 4, .from = 14, .count = 4, .last = true, .next = 8);
    assert_stored(.agency = 1, .first = 5, .count = 0, .last = true, .next = 5);
    work_do(story.ledger);
    assert_string_equal(winners_of_agency(2), "17");
    assert_string_equal(winners_of_agency(1), "");
}

static void it_says_first_what_it_would_do(void **state) {
    (void)state;
    begin(2);
    assert_stored(.agency = 2, .first = 0, .count = 8, .next = 8);
    give(ORDER_RESET, 2, false);
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    assert_non_null(strstr(order.answer.error.text, "the 8 bets of agency 2"));
    assert_int_equal(order.answer.voided, 8);
    give(ORDER_RESET, 3, true);
    assert_error(&order.answer.error, ERROR_UNKNOWN_AGENCY);
    assert_string_equal(noted, "");
    assert_bets(8);
}

static void it_is_done_once(void **state) {
    (void)state;
    begin(2);
    assert_reset(2, true, 0);
    assert_stored(.agency = 2, .first = 0, .count = 8, .next = 8);
    assert_reset(2, false, 8);
    assert_reset(2, true, 0);
    restart(2);
    assert_reset(2, true, 0);
    assert_int_equal(order.answer.status.draw.voided, 8);
    assert_string_equal(noted, "2 reset 81, ");
    assert_stored(.agency = 2, .first = 0, .count = 3, .next = 3);
    assert_reset(2, false, 3);
    assert_int_equal(order.answer.status.draw.voided, 11);
    assert_int_equal(query("SELECT count(DISTINCT voiding) FROM voided"), 2);
}

// An empty file ends an agency, too.
static void an_end_is_taken_back(void **state) {
    (void)state;
    begin(2);
    assert_stored(.agency = 1, .first = 0, .count = 0, .last = true, .next = 0);
    assert_stored(.agency = 2, .first = 0, .count = 3, .next = 3);
    assert_reset(1, false, 0);
    assert_int_equal(order.answer.status.finished, 0);
    assert_int_equal(order.answer.status.missing[0].from, 1);
    assert_stored(.agency = 2, .first = 3, .count = 0, .last = true, .next = 3);
    assert_false(work_is_due(story.ledger));
    restart(2);
    assert_stored(.agency = 1, .first = 0, .count = 4, .last = true, .next = 4);
    assert_true(work_is_due(story.ledger));
}

static void not_behind_the_seal(void **state) {
    (void)state;
    begin(1);
    assert_stored(.agency = 1, .first = 0, .count = 8, .last = true, .next = 8);
    give(ORDER_RESET, 1, true);
    assert_error(&order.answer.error, ERROR_NOT_OPEN);
    work_do(story.ledger);
    give(ORDER_RESET, 1, true);
    assert_error(&order.answer.error, ERROR_NOT_OPEN);
    assert_string_equal(winners_of_agency(1), "7");
    assert_bets(8);
}

// Wherever the store fails: all of it is stored, or nothing. Ordered once more, it is done once.
static void a_store_that_fails_at_any_call(void **state) {
    int failing = 0;
    bool failed = true;
    while (failed) {
        for (enum commit_fault fault = FAIL_BEFORE; fault <= FAIL_AFTER; fault++) {
            begin(2);
            assert_stored(.agency = 2, .first = 0, .count = 8, .next = 8);
            story.calls = 0;
            story.failing_call = failing + 1;
            story.failing_commit = fault;
            give(ORDER_RESET, 2, true);
            failed = story.calls > failing;
            story.failing_call = 0;
            assert_error(&order.answer.error, failed ? ERROR_STORE_FAILED : ERROR_NONE);
            give(ORDER_RESET, 2, true);
            assert_error(&order.answer.error, ERROR_NONE);
            assert_int_equal(order.answer.status.draw.voided, 8);
            assert_bets(0);
            assert_int_equal(query("SELECT sum(count) FROM voided WHERE voiding = 1"), 8);
            assert_stored(.agency = 2, .first = 0, .count = 2, .next = 2);
            order_free_answer(&order);
            (void)tear_down(state);
            (void)set_up(state);
        }
        failing++;
    }
    assert_true(failing > 3);
}

// Who goes on ---------------------------------------------------------------------------------------------

static void the_rest_of_a_file_that_was_set_aside_is_refused(void **state) {
    (void)state;
    struct ledger_sender *wrong = &connections[0];
    begin(2);
    assert_stored(.sender = wrong, .first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = 5, .count = 5);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = 5, .count = 0, .last = true);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = NO_FIRST, .count = 1);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = NO_FIRST, .count = 0, .last = true);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = 0, .count = 0); // it asks what is stored
    assert_bets(0);
}

// The place where it goes on is one at which the right file has got to, too.
static void it_cannot_be_added_to_the_right_file(void **state) {
    (void)state;
    struct ledger_sender *wrong = &connections[0], *right = &connections[1];
    begin(2);
    assert_stored(.sender = wrong, .first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    assert_stored(.sender = right, .first = 0, .count = 5, .next = 5);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = 5, .count = 5);
    assert_stored(.sender = right, .first = 5, .count = 5, .next = 10);
    assert_refused(ERROR_GAP, .sender = right, .first = 11, .count = 1); // as ever
    assert_bets(10);
}

static void a_connection_that_begins_anew_goes_on(void **state) {
    (void)state;
    struct ledger_sender *same = &connections[0];
    begin(2);
    assert_stored(.sender = same, .first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    assert_stored(.sender = same, .first = 0, .count = 3, .next = 3);
    assert_stored(.sender = same, .first = 3, .count = 2, .next = 5);
    assert_stored(.sender = same, .first = NO_FIRST, .from = 5, .count = 1, .next = 6);
    assert_reset(1, false, 6);
    assert_refused(ERROR_AGENCY_RESET, .sender = same, .first = 6, .count = 1);
    assert_bets(0);
}

// A client that was cut off goes on where it was.
static void a_new_connection_that_goes_on_beyond_what_is_stored(void **state) {
    (void)state;
    struct ledger_sender *again = &connections[0], *classic = &connections[1];
    begin(3);
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    assert_refused(ERROR_AGENCY_RESET, .sender = again, .agency = 1, .first = 5, .count = 5);
    assert_refused(ERROR_GAP, .sender = again, .agency = 2, .first = 6, .count = 5); // it was not reset
    assert_stored(.sender = classic, .agency = 1, .first = NO_FIRST, .count = 2, .next = 2);
    assert_stored(.sender = classic, .agency = 1, .first = NO_FIRST, .from = 2, .count = 2, .next = 4);
}

// A client that was cut off may be at either file: the right one's bets are there to be compared.
static void a_new_connection_that_goes_on_exactly_at_what_is_stored(void **state) {
    (void)state;
    struct ledger_sender *wrong = &connections[0], *right = &connections[1];
    int64_t next;
    begin(2);
    assert_stored(.first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    assert_stored(.first = 0, .from = 20, .count = 5, .next = 5);
    struct sent rest = {.sender = wrong, .first = 5, .count = 5};
    assert_ptr_equal(ask(request_as(rest, on_complete), &next), ERROR_GAP);
    assert_int_equal(next, 0);
    assert_refused(ERROR_GAP, .sender = wrong, .first = 5, .count = 0, .last = true);
    assert_refused(ERROR_CONFLICT, .sender = wrong, .first = 0, .count = 5);
    assert_int_equal(query("SELECT count(*) FROM bets"), 5);
    assert_refused(ERROR_GAP, .sender = right, .first = 5, .from = 25, .count = 5);
    assert_stored(.sender = right, .first = 0, .from = 20, .count = 5, .next = 5);
    assert_stored(.sender = right, .first = 5, .from = 25, .count = 5, .next = 10);
    connections[0] = (struct ledger_sender){0};
    assert_stored(.sender = &connections[0], .first = 9, .from = 29, .count = 2,
                  .next = 11); // 29 is compared
}

// Each agency of a connection counts for itself.
static void a_connection_for_several_agencies(void **state) {
    (void)state;
    struct ledger_sender *shared = &connections[0];
    begin(3);
    assert_stored(.sender = shared, .agency = 1, .first = 0, .count = 5, .next = 5);
    assert_stored(.sender = shared, .agency = 2, .first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    assert_stored(.sender = shared, .agency = 2, .first = 5, .count = 1, .next = 6);
    assert_refused(ERROR_AGENCY_RESET, .sender = shared, .agency = 1, .first = 5, .count = 1);
}

// A group that was not stored has not taught its connections anything.
static void a_group_that_was_not_stored(void **state) {
    (void)state;
    struct ledger_sender *wrong = &connections[0];
    begin(2);
    assert_stored(.sender = wrong, .first = 0, .count = 5, .next = 5);
    assert_reset(1, false, 5);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .sender = wrong, .first = 0, .count = 5);
    assert_refused(ERROR_AGENCY_RESET, .sender = wrong, .first = 5, .count = 5);
}

// Nothing of it is remembered: the same place has other bets now.
static void what_was_read_of_it_is_forgotten(void **state) {
    (void)state;
    begin(2);
    assert_stored(.first = 0, .count = 8, .next = 8);
    assert_stored(.first = 2, .count = 1, .next = 8); // its chunk is kept in memory now
    assert_reset(1, false, 8);
    assert_stored(.first = 0, .from = 20, .count = 8, .next = 8);
    assert_stored(.first = 2, .from = 22, .count = 1, .next = 8);
    assert_refused(ERROR_CONFLICT, .first = 2, .from = 2, .count = 1);
}

static int end(void **state) {
    order_free_answer(&order);
    order = (struct ledger_order){0};
    return tear_down(state);
}

#define RESET_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        RESET_TEST(what_was_sent_is_set_aside_and_comes_anew),
        RESET_TEST(it_says_first_what_it_would_do),
        RESET_TEST(it_is_done_once),
        RESET_TEST(an_end_is_taken_back),
        RESET_TEST(not_behind_the_seal),
        RESET_TEST(a_store_that_fails_at_any_call),
        RESET_TEST(the_rest_of_a_file_that_was_set_aside_is_refused),
        RESET_TEST(it_cannot_be_added_to_the_right_file),
        RESET_TEST(a_connection_that_begins_anew_goes_on),
        RESET_TEST(a_new_connection_that_goes_on_beyond_what_is_stored),
        RESET_TEST(a_new_connection_that_goes_on_exactly_at_what_is_stored),
        RESET_TEST(a_connection_for_several_agencies),
        RESET_TEST(a_group_that_was_not_stored),
        RESET_TEST(what_was_read_of_it_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

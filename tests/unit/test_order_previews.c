// What an order would do is said whole before it is meant, and why one can do nothing.
#include "ledger_story.h"

#include "ledger/cutoff.h"
#include "ledger/cutoff_time.h"
#include "ledger/orders.h"

static struct ledger_order order;

static void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &order);
}

static void give(enum ledger_order_kind kind, struct order_input input) {
    order_free_answer(&order);
    order = (struct ledger_order){.kind = kind, .complete = on_order, .input = input};
    order_carry_out(story.ledger, &order);
}

static void assert_would(const char *what) {
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    assert_string_equal(order.answer.error.text, what);
}

static void the_end_of_the_last_agency_seals_and_draws(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 5, .next = 5);
    give(ORDER_FINISH, (struct order_input){.agency = 2});
    assert_would("it cannot be undone: agency 2 ends with the 0 bets that are stored");
    give(ORDER_FINISH, (struct order_input){.agency = 2, .is_sure = true});
    give(ORDER_FINISH, (struct order_input){.agency = 3});
    assert_would(
        "it cannot be undone: agency 3 ends with the 0 bets that are stored, and as it is the last one, "
        "the draw is sealed, and made at once with the number that it has");
}

static void a_close_seals_and_draws(void **state) {
    (void)state;
    open_ledger(2);
    give(ORDER_CLOSE, (struct order_input){0});
    assert_would(
        "it cannot be undone: nothing more is taken, and these agencies are cut off, with the bets that "
        "they have sent: 1-2; the draw is sealed, and made at once with the number that it has");
}

static void where_the_number_comes_by_hand_the_draw_does_not_follow(void **state) {
    (void)state;
    story.is_manual = true;
    open_ledger(1);
    give(ORDER_CLOSE, (struct order_input){0});
    assert_would(
        "it cannot be undone: nothing more is taken, and these agencies are cut off, with the bets that "
        "they have sent: 1; the draw is sealed");
    give(ORDER_FINISH, (struct order_input){.agency = 1});
    assert_would(
        "it cannot be undone: agency 1 ends with the 0 bets that are stored, and as it is the last one, "
        "the draw is sealed");
}

// Nobody sends, and there is nothing to seal, now or at the cut-off. It holds for agencies that come later.
static void a_draw_without_agencies_is_not_closed(void **state) {
    (void)state;
    struct error error;
    open_ledger(0);
    for (int sure = 0; sure <= 1; sure++) {
        give(ORDER_CLOSE, (struct order_input){.is_sure = sure == 1});
        assert_error(&order.answer.error, ERROR_BAD_CHANGE);
        assert_non_null(strstr(order.answer.error.text, "has no agencies"));
    }
    give(ORDER_CHANGE, (struct order_input){.changes_cutoff = true,
                                            .closes_at = "2026-01-01T00:00:00Z",
                                            .closes_text = "2026-01-01T00:00Z"});
    assert_false(cutoff_is_ahead(story.ledger));
    must(cutoff_keep(story.ledger, &error), &error);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE state <> 'open'"), 0);
    give(ORDER_CHANGE, (struct order_input){.changes_agencies = true, .agencies = 1});
    assert_refused(ERROR_DRAW_CLOSED, .agency = 1, .first = 0, .count = 1);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed'"), 1);
}

static int end(void **state) {
    order_free_answer(&order);
    order = (struct ledger_order){0};
    story.is_manual = false;
    return tear_down(state);
}

#define PREVIEW_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        PREVIEW_TEST(the_end_of_the_last_agency_seals_and_draws),
        PREVIEW_TEST(a_close_seals_and_draws),
        PREVIEW_TEST(where_the_number_comes_by_hand_the_draw_does_not_follow),
        PREVIEW_TEST(a_draw_without_agencies_is_not_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

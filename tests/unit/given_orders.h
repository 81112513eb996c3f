// Orders that are given to a ledger one after the other, and what becomes of each.
#ifndef QUINIELA_TESTS_GIVEN_ORDERS_H
#define QUINIELA_TESTS_GIVEN_ORDERS_H

#include "ledger_story.h"

#include "ledger/orders.h"

static struct ledger_order order;
static char noted[256]; // what was told to the audit log, as "1 finished, 2 close, sealed, "

static void on_noted(void *context, const struct ledger_note *note) {
    size_t length = strlen(noted);
    (void)context;
    if (note->kind == LEDGER_NOTE_FINISHED) {
        snprintf(noted + length, sizeof noted - length, "%u %s, ", note->agency,
                 agency_ending_name(note->ending));
    } else {
        snprintf(noted + length, sizeof noted - length, "%s, ",
                 note->kind == LEDGER_NOTE_SEALED ? "sealed" : "drawn");
    }
}

static void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &order);
}

// An order, meant unless it is `unsure`.
struct wish {
    enum ledger_order_kind kind;
    struct order_input input;
    bool unsure;
};

static void give_as(struct wish wish) {
    order_free_answer(&order);
    order = (struct ledger_order){.kind = wish.kind, .complete = on_order, .input = wish.input};
    order.input.is_sure = !wish.unsure;
    order_carry_out(story.ledger, &order);
}

static void assert_given(bool already, struct wish wish) {
    give_as(wish);
    assert_error(&order.answer.error, ERROR_NONE);
    assert_int_equal(order.answer.already, already);
}

#define give(...) give_as((struct wish){__VA_ARGS__})
#define assert_done(...) assert_given(false, (struct wish){__VA_ARGS__})
#define assert_already(...) assert_given(true, (struct wish){__VA_ARGS__})

static void begin(uint32_t agencies) {
    story.noted = on_noted;
    open_ledger(agencies);
    noted[0] = '\0';
}

static void assert_missing(const char *expected) {
    const struct order_status *status = &order.answer.status;
    char text[64] = "";
    for (size_t i = 0; i < status->missing_count; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%u-%u ", status->missing[i].from,
                 status->missing[i].to);
    }
    assert_string_equal(text, expected);
}

#endif

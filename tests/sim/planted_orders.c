// Bugs in the carrying out of orders that the simulation must find. SIMULATION_PLANT names the one that this
// run has.
#include "planted.h"

#include "bet/errors.h"
#include "ledger/cutoff.h"
#include "ledger/cutoff_clock.h"
#include "ledger/decide.h"
#include "ledger/ledger.h"
#include "ledger/number.h"
#include "ledger/open_group.h"
#include "ledger/orders.h"
#include "ledger/request.h"
#include "ledger/state.h"

enum { TOO_LATE_MS = 8000 };

// The number is stored as soon as it is ordered; or another one after the draw.
bool __real_number_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error);
bool __wrap_number_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error);

bool __wrap_number_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct stored_draw *draw = &ledger->draw;
    bool is_wrong = (is_planted("early_number") && draw->state == DRAW_OPEN) ||
                    (is_planted("second_number") && draw->state == DRAW_DRAWN);
    if (!is_wrong || draw->number_mode != NUMBER_MANUAL || !order->input.is_sure || ledger->store == NULL) {
        return __real_number_carry_out(ledger, order, error);
    }
    draw->has_number = true;
    draw->winning_number = order->input.number;
    return open_group_change(ledger, error) && store_put_draw(ledger->store, draw, error) &&
           open_group_commit(ledger, error);
}

// A close forgets an agency; or nobody remembers who has a receipt.
bool __real_store_put_agency(struct store *store, struct stored_agency *agency, struct error *error);
bool __wrap_store_put_agency(struct store *store, struct stored_agency *agency, struct error *error);

bool __wrap_store_put_agency(struct store *store, struct stored_agency *agency, struct error *error) {
    bool forgets = is_planted("forgotten_agency") && agency->ending == AGENCY_CUT && agency->agency % 2 == 0;
    agency->receipted = agency->receipted && !is_planted("unmarked_receipt");
    return forgets || __real_store_put_agency(store, agency, error);
}

// A chunk is taken from an agency that was cut off.
bool __real_decide(struct ledger *ledger, struct ledger_request *request, struct decision *decision,
                   struct error *error);
bool __wrap_decide(struct ledger *ledger, struct ledger_request *request, struct decision *decision,
                   struct error *error);

bool __wrap_decide(struct ledger *ledger, struct ledger_request *request, struct decision *decision,
                   struct error *error) {
    if (!__real_decide(ledger, request, decision, error)) {
        return false;
    }
    if (is_planted("late_chunk") && decision->verdict == VERDICT_LATE &&
        request->answer.error.code == ERROR_DRAW_CLOSED) {
        decision->verdict = VERDICT_STORE;
        error_clear(&request->answer.error);
    }
    return true;
}

// An order is carried out once more before the next one of the same start; or it is answered before it is
// carried out, or as failed while the store works; or an agency's end is a reset.
static struct ledger_order last;

bool __real_ledger_open(const struct ledger_options *options, struct ledger **ledger, struct error *error);
bool __wrap_ledger_open(const struct ledger_options *options, struct ledger **ledger, struct error *error);

bool __wrap_ledger_open(const struct ledger_options *options, struct ledger **ledger, struct error *error) {
    last = (struct ledger_order){0};
    return __real_ledger_open(options, ledger, error);
}

void __real_order_carry_out(struct ledger *ledger, struct ledger_order *order);
void __wrap_order_carry_out(struct ledger *ledger, struct ledger_order *order);

static void complete_nothing(struct ledger_order *order) {
    order_free_answer(order);
}

static struct ledger_order copy_of(const struct ledger_order *order) {
    return (struct ledger_order){.kind = order->kind, .input = order->input, .complete = complete_nothing};
}

static bool is_ordered; // an order is being carried out

static void carry_out(struct ledger *ledger, struct ledger_order *order) {
    is_ordered = true;
    __real_order_carry_out(ledger, order);
    is_ordered = false;
}

void __wrap_order_carry_out(struct ledger *ledger, struct ledger_order *order) {
    struct ledger_order copy = copy_of(order);
    if (is_planted("twice") && last.kind == ORDER_CHANGE && order->kind != ORDER_CHANGE) {
        last.answer = (struct order_answer){0};
        carry_out(ledger, &last);
    }
    last = copy;
    if (is_planted("false_failure") && order->kind == ORDER_FINISH) {
        error_set(&order->answer.error, ERROR_STORE_FAILED, "planted");
        order->complete(order);
        return;
    }
    if (is_planted("reset_for_finish") && order->kind == ORDER_FINISH && order->input.agency % 2 == 0) {
        order->kind = ORDER_RESET;
        carry_out(ledger, order);
        return;
    }
    if (is_planted("early_answer") && (order->kind == ORDER_CLOSE || order->kind == ORDER_FINISH)) {
        order->complete(order);
        carry_out(ledger, &copy);
        return;
    }
    carry_out(ledger, order);
}

// The time that counts is always the wall clock's, or it is late.
int64_t __real_cutoff_clock_now(struct cutoff_clock *clock, int64_t wall, int64_t steady, int64_t *step);
int64_t __wrap_cutoff_clock_now(struct cutoff_clock *clock, int64_t wall, int64_t steady, int64_t *step);

int64_t __wrap_cutoff_clock_now(struct cutoff_clock *clock, int64_t wall, int64_t steady, int64_t *step) {
    int64_t now = __real_cutoff_clock_now(clock, wall, steady, step);
    return is_planted("believed_clock") ? wall : is_planted("late_cutoff") ? now - TOO_LATE_MS : now;
}

// A group does not ask whether the cut-off has come, or an order does not.
bool __real_cutoff_is_before(struct ledger *ledger, struct error *error);
bool __wrap_cutoff_is_before(struct ledger *ledger, struct error *error);

bool __wrap_cutoff_is_before(struct ledger *ledger, struct error *error) {
    return is_planted("order_after_cutoff") || __real_cutoff_is_before(ledger, error);
}

bool __real_cutoff_keep(struct ledger *ledger, struct error *error);
bool __wrap_cutoff_keep(struct ledger *ledger, struct error *error);

bool __wrap_cutoff_keep(struct ledger *ledger, struct error *error) {
    return is_planted("chunk_after_cutoff") || (is_planted("order_after_cutoff") && is_ordered) ||
           __real_cutoff_keep(ledger, error);
}

#include "ledger/orders.h"

#include "bet/errors.h"
#include "ledger/changing.h"
#include "ledger/closing.h"
#include "ledger/counters.h"
#include "ledger/cutoff.h"
#include "ledger/ending.h"
#include "ledger/number.h"
#include "ledger/paper_taking.h"
#include "ledger/resetting.h"
#include "ledger/state.h"
#include "ledger/survey.h"

#include <stdlib.h>

static bool carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    switch (order->kind) {
    case ORDER_STATUS:
        survey_status(ledger, SURVEY_UNFINISHED, &order->answer.status);
        return true;
    case ORDER_CLOSE:
        return closing_carry_out(ledger, order, error);
    case ORDER_FINISH:
        return ending_carry_out(ledger, order, error);
    case ORDER_RESET:
        return resetting_carry_out(ledger, order, error);
    case ORDER_DRAW:
        return number_carry_out(ledger, order, error);
    case ORDER_CHANGE:
        return changing_carry_out(ledger, order, error);
    case ORDER_SEAL:
        paper_taking_show_seal(ledger, order);
        return true;
    case ORDER_PAPER:
        return paper_taking_carry_out(ledger, order, error);
    }
    abort();
}

// Those that change the draw, not those that only look: whoever follows the draw gives one every second.
static void count(const struct ledger_order *order) {
    bool only_looks = order->kind == ORDER_STATUS || order->kind == ORDER_SEAL || order->input.is_dry_run ||
                      !order->input.is_sure;
    bool is_refused = order->answer.error.code != ERROR_NONE;
    if (!only_looks) {
        counter_add(is_refused ? &ledger_counters.orders_refused : &ledger_counters.orders_done, 1);
    }
}

// How another server or the store stands in the way is for the ledger alone to know: it tries again by that.
static void name_failure(struct error *error) {
    if (error->code == ERROR_STORE_AWAY || error->code == ERROR_STORE_STALE ||
        error->code == ERROR_STORE_REFUSED) {
        error->code = ERROR_STORE_FAILED;
    }
}

void order_carry_out(struct ledger *ledger, struct ledger_order *order) {
    struct error *error = &order->answer.error;
    error_clear(error);
    order->before = cutoff_keep; // the close by the cut-off itself does not come this way
    (void)carry_out(ledger, order, error);
    name_failure(error);
    count(order);
    order->complete(order);
}

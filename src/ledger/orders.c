#include "ledger/orders.h"

#include "ledger/changing.h"
#include "ledger/closing.h"
#include "ledger/ending.h"
#include "ledger/number.h"
#include "ledger/resetting.h"
#include "ledger/survey.h"

#include <stdlib.h>

static bool carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    switch (order->kind) {
    case ORDER_STATUS:
        return survey_status(ledger, SURVEY_UNFINISHED, &order->answer.status, error);
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
    }
    abort();
}

void order_carry_out(struct ledger *ledger, struct ledger_order *order) {
    error_clear(&order->answer.error);
    (void)carry_out(ledger, order, &order->answer.error);
    order->complete(order);
}

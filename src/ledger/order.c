#include "ledger/order.h"

#include <stdlib.h>

const struct error_code ERROR_NEEDS_YES[1] = {{"needs_yes", false}};
const struct error_code ERROR_NUMBER_FIXED[1] = {{"number_fixed", false}};
const struct error_code ERROR_NOT_SEALED[1] = {{"not_sealed", false}};
const struct error_code ERROR_NUMBER_STORED[1] = {{"number_stored", false}};
const struct error_code ERROR_NO_NUMBER[1] = {{"no_number", false}};
const struct error_code ERROR_UNSIGNED[1] = {{"unsigned", false}};
const struct error_code ERROR_NOT_OPEN[1] = {{"not_open", false}};
const struct error_code ERROR_BAD_CHANGE[1] = {{"bad_change", false}};
const struct error_code ERROR_RECEIPTED[1] = {{"receipted", false}};

void order_refuse(struct ledger_order *order, const struct error *error) {
    order->answer.error = *error;
    order->complete(order);
}

void order_free_answer(struct ledger_order *order) {
    free(order->answer.status.missing);
    order->answer.status.missing = NULL;
    free(order->answer.note);
    order->answer.note = NULL;
}

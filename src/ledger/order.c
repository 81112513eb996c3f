#include "ledger/order.h"

#include "ledger/state.h"
#include "ledger/winners.h"

#include <stdlib.h>

// Adds an agency to the last range, or begins another one. False when out of memory.
static bool add_missing(struct order_status *status, uint32_t agency) {
    struct order_range *last = status->missing + status->missing_count;
    if (status->missing_count > 0 && last[-1].to + 1 == agency) {
        last[-1].to = agency;
        return true;
    }
    if (status->missing_count == ORDER_RANGES_MAX) {
        status->more_missing = true;
        return true;
    }
    if (status->missing == NULL) {
        status->missing = malloc(ORDER_RANGES_MAX * sizeof *status->missing);
    }
    if (status->missing == NULL) {
        return false;
    }
    status->missing[status->missing_count++] = (struct order_range){agency, agency};
    return true;
}

static bool answer_status(const struct ledger *ledger, struct order_status *status, struct error *error) {
    *status = (struct order_status){
        .draw = ledger->draw,
        .finished = ledger->finished,
        .told = ledger->told,
        .winners = ledger->winners == NULL ? 0 : winners_count(ledger->winners),
        .store_fails = ledger->failing,
    };
    for (uint32_t number = 1; number < ledger->agency_places; number++) {
        const struct agency *agency = &ledger->agencies[number];
        status->bets += agency->row.bets;
        if (!agency_has_finished(agency) && !add_missing(status, number)) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the agencies that are missing");
        }
    }
    return true;
}

static bool carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    switch (order->kind) {
    case ORDER_STATUS:
        return answer_status(ledger, &order->answer.status, error);
    }
    abort();
}

void order_carry_out(struct ledger *ledger, struct ledger_order *order) {
    error_clear(&order->answer.error);
    (void)carry_out(ledger, order, &order->answer.error);
    order->complete(order);
}

void order_refuse(struct ledger_order *order, const struct error *error) {
    order->answer.error = *error;
    order->complete(order);
}

void order_free_answer(struct ledger_order *order) {
    free(order->answer.status.missing);
    order->answer.status.missing = NULL;
}

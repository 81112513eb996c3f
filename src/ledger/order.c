#include "ledger/order.h"

#include "bet/errors.h"
#include "ledger/access.h"
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

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the agencies that are missing");
}

// In memory is all that a store has which is not shared.
static bool add_known(const struct ledger *ledger, struct order_status *status, struct error *error) {
    for (uint32_t number = 1; number < ledger->agency_places; number++) {
        const struct agency *agency = &ledger->agencies[number];
        status->bets += agency->row.bets;
        if (!agency_has_finished(agency) && !add_missing(status, number)) {
            return no_memory(error);
        }
    }
    return true;
}

struct survey {
    struct order_status *status;
    uint32_t next; // the agency behind the last row
};

// Those that have no row have not finished.
static bool survey_to(struct survey *survey, uint32_t end, struct error *error) {
    while (survey->next < end) {
        if (!add_missing(survey->status, survey->next++)) {
            return no_memory(error);
        }
    }
    return true;
}

static bool survey_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct survey *survey = context;
    bool has_finished = agency->finished_at[0] != '\0';
    survey->status->bets += agency->bets;
    survey->status->finished += has_finished;
    survey->status->told += agency->told_at[0] != '\0';
    if (!survey_to(survey, agency->agency + !has_finished, error)) {
        return false;
    }
    survey->next = agency->agency + 1;
    return true;
}

static bool add_stored(struct ledger *ledger, struct order_status *status, struct error *error) {
    struct survey survey = {status, 1};
    status->finished = status->told = 0;
    return store_agencies(ledger->store, survey_agency, &survey, error) &&
           survey_to(&survey, ledger->draw.agencies + 1, error);
}

static bool answer_shared(struct ledger *ledger, struct order_status *status, struct error *error) {
    const struct order_status counted = *status;
    struct error lost;
    if (access_ensure(ledger, &lost) && add_stored(ledger, status, &lost)) {
        status->store_fails = ledger->failing;
        return true;
    }
    access_give_up(ledger, &lost);
    if (lost.code == ERROR_NO_MEMORY) {
        *error = lost;
        return false;
    }
    free(status->missing);
    *status = counted;
    status->bets = ledger->loaded.bets;
    status->more_missing = status->finished < ledger->draw.agencies;
    status->store_fails = true;
    return true;
}

static bool answer_status(struct ledger *ledger, struct order_status *status, struct error *error) {
    *status = (struct order_status){
        .draw = ledger->draw,
        .finished = ledger->finished,
        .told = ledger->told,
        .winners = ledger->winners == NULL ? 0 : winners_count(ledger->winners),
        .store_fails = ledger->failing,
    };
    return ledger->is_shared ? answer_shared(ledger, status, error) : add_known(ledger, status, error);
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

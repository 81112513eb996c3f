#include "ledger/survey.h"

#include "bet/errors.h"
#include "ledger/access.h"
#include "ledger/state.h"
#include "ledger/winners.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool survey_add_missing(struct order_status *status, uint32_t agency) {
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

static bool is_wanted(enum survey_what what, const struct stored_agency *agency) {
    return agency->finished_at[0] == '\0' || (what == SURVEY_CUT && agency->ending == AGENCY_CUT);
}

// In memory is all that a store has which is not shared.
static bool add_known(const struct ledger *ledger, enum survey_what what, struct order_status *status,
                      struct error *error) {
    for (uint32_t number = 1; number < ledger->agency_places; number++) {
        const struct agency *agency = &ledger->agencies[number];
        status->bets += agency->row.bets;
        if (is_wanted(what, &agency->row) && !survey_add_missing(status, number)) {
            return no_memory(error);
        }
    }
    return true;
}

struct survey {
    enum survey_what what;
    struct order_status *status;
    uint32_t next; // the agency behind the last row
};

// Those that have no row have not finished.
static bool survey_to(struct survey *survey, uint32_t end, struct error *error) {
    while (survey->next < end) {
        if (!survey_add_missing(survey->status, survey->next++)) {
            return no_memory(error);
        }
    }
    return true;
}

static bool survey_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct survey *survey = context;
    bool wanted = is_wanted(survey->what, agency);
    survey->status->bets += agency->bets;
    survey->status->finished += agency->finished_at[0] != '\0';
    survey->status->told += agency->told_at[0] != '\0';
    if (!survey_to(survey, agency->agency + wanted, error)) {
        return false;
    }
    survey->next = agency->agency + 1;
    return true;
}

static bool add_stored(struct ledger *ledger, enum survey_what what, struct order_status *status,
                       struct error *error) {
    struct survey survey = {what, status, 1};
    status->finished = status->told = 0;
    return store_agencies(ledger->store, survey_agency, &survey, error) &&
           survey_to(&survey, ledger->draw.agencies + 1, error);
}

static bool answer_shared(struct ledger *ledger, enum survey_what what, struct order_status *status,
                          struct error *error) {
    const struct order_status counted = *status;
    struct error lost;
    if (access_ensure(ledger, &lost) && add_stored(ledger, what, status, &lost)) {
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

bool survey_status(struct ledger *ledger, enum survey_what what, struct order_status *status,
                   struct error *error) {
    free(status->missing);
    *status = (struct order_status){
        .draw = ledger->draw,
        .finished = ledger->finished,
        .told = ledger->told,
        .winners = ledger->winners == NULL ? 0 : winners_count(ledger->winners),
        .store_fails = ledger->failing,
    };
    status->missing = NULL; // it is by now; said for the analyzer
    status->missing_count = 0;
    return ledger->is_shared ? answer_shared(ledger, what, status, error)
                             : add_known(ledger, what, status, error);
}

void survey_missing_text(const struct order_status *status, uint32_t after, char *text, size_t size) {
    enum { ROOM = 32 }; // for a range and what may follow
    size_t length = 0, i = 0;
    snprintf(text, size, "-");
    for (; i < status->missing_count && length + ROOM < size; i++) {
        struct order_range range = status->missing[i];
        range.from = range.from > after ? range.from : after + 1;
        if (range.from <= range.to) {
            const char *before = length == 0 ? "" : ", ";
            length += (size_t)(range.from == range.to
                                   ? snprintf(text + length, size - length, "%s%" PRIu32, before, range.from)
                                   : snprintf(text + length, size - length, "%s%" PRIu32 "-%" PRIu32, before,
                                              range.from, range.to));
        }
    }
    if (i < status->missing_count || status->more_missing) {
        snprintf(text + length, size - length, "%s…", length == 0 ? "" : ", ");
    }
}

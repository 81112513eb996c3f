#include "ledger/survey.h"

#include "bet/errors.h"
#include "ledger/access.h"
#include "ledger/state.h"
#include "ledger/winners.h"
#include "notary/notary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

// What is stored is answered also when there is no memory to name everybody.
static void add_missing(struct order_status *status, uint32_t agency) {
    status->more_missing = !survey_add_missing(status, agency) || status->more_missing;
}

static bool is_wanted(enum survey_what what, const struct stored_agency *agency) {
    return agency->finished_at[0] == '\0' || (what == SURVEY_CUT && agency->ending == AGENCY_CUT);
}

// In memory is all that a store has which is not shared.
static void add_known(const struct ledger *ledger, enum survey_what what, struct order_status *status) {
    for (uint32_t number = 1; number < ledger->agency_places; number++) {
        const struct agency *agency = &ledger->agencies[number];
        status->bets += agency->row.bets;
        if (is_wanted(what, &agency->row)) {
            add_missing(status, number);
        }
    }
}

struct survey {
    enum survey_what what;
    struct order_status *status;
    uint32_t next; // the agency behind the last row
};

// Those that have no row have not finished.
static void survey_to(struct survey *survey, uint32_t end) {
    while (survey->next < end) {
        add_missing(survey->status, survey->next++);
    }
}

static bool survey_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct survey *survey = context;
    bool wanted = is_wanted(survey->what, agency);
    survey->status->bets += agency->bets;
    survey->status->finished += agency->finished_at[0] != '\0';
    survey->status->told += agency->told_at[0] != '\0';
    (void)error;
    survey_to(survey, agency->agency + wanted);
    survey->next = agency->agency + 1;
    return true;
}

static bool add_stored(struct ledger *ledger, enum survey_what what, struct order_status *status,
                       struct error *error) {
    struct survey survey = {what, status, 1};
    status->finished = status->told = 0;
    if (!store_agencies(ledger->store, survey_agency, &survey, error)) {
        return false;
    }
    survey_to(&survey, ledger->draw.agencies + 1);
    return true;
}

static uint32_t since(uint32_t then, uint32_t known_then, uint32_t known) {
    return known > known_then ? then + known - known_then : then;
}

// As they were last counted, and what this server has stored since.
static void answer_as_counted(const struct ledger *ledger, const struct order_status *draw,
                              struct order_status *status) {
    const struct counted *counted = &ledger->counted;
    free(status->missing);
    *status = *draw;
    status->bets = counted->bets;
    status->finished = since(counted->finished, counted->known_finished, draw->finished);
    status->told = since(counted->told, counted->known_told, draw->told);
    memcpy(status->counted_at, counted->at, sizeof status->counted_at);
    status->more_missing = status->finished < ledger->draw.agencies;
    status->store_fails = true;
}

// What is in memory. Nobody who asks needs the salts' secret.
static void answer_known(const struct ledger *ledger, struct order_status *status) {
    *status = (struct order_status){
        .finished = ledger->finished,
        .told = ledger->told,
        .winners = ledger->winners == NULL ? 0 : winners_count(ledger->winners),
        .store_fails = ledger->failing,
    };
    status->draw = ledger->draw; // not in the list above, which may be made elsewhere and copied
    stored_draw_forget(&status->draw);
    if (ledger->draw.rules > 0) {
        snprintf(status->signed_by, sizeof status->signed_by, "%s", ledger->options.notary->terms.key.name);
    }
    status->missing = NULL; // it is by now; said for the analyzer
    status->missing_count = 0;
}

// A store that is opened again may have another draw in it than was in memory.
static void answer_shared(struct ledger *ledger, enum survey_what what, struct order_status *status) {
    struct error lost;
    bool is_open = access_ensure(ledger, &lost);
    answer_known(ledger, status);
    const struct order_status draw = *status;
    if (is_open && add_stored(ledger, what, status, &lost)) {
        status->store_fails = ledger->failing;
        state_note_counted(ledger, status->bets, status->finished, status->told);
        return;
    }
    access_give_up(ledger, &lost);
    answer_as_counted(ledger, &draw, status);
}

void survey_status(struct ledger *ledger, enum survey_what what, struct order_status *status) {
    free(status->missing);
    if (ledger->is_shared) {
        answer_shared(ledger, what, status);
    } else {
        answer_known(ledger, status);
        add_known(ledger, what, status);
    }
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

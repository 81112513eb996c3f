#include "cli/status_reading.h"

#include "ledger/survey.h"

#include <stdlib.h>
#include <string.h>

struct status_winners {
    uint32_t agency;
    uint64_t winners;
};

struct counting {
    struct status *status;
    uint32_t next; // the agency behind the last row
};

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the lists of agencies");
}

// Those that have no row have not finished.
static bool miss_until(struct counting *counting, uint32_t end, struct error *error) {
    while (counting->next < end) {
        if (!survey_add_missing(&counting->status->missing, counting->next++)) {
            return no_memory(error);
        }
    }
    return true;
}

static void note_end(struct status *status, const struct stored_agency *agency) {
    struct status_end end = {.agency = agency->agency};
    memcpy(end.at, agency->finished_at, sizeof end.at);
    if (status->first_end.agency == 0 || strcmp(end.at, status->first_end.at) < 0) {
        status->first_end = end;
    }
    if (status->last_end.agency == 0 || strcmp(end.at, status->last_end.at) >= 0) {
        status->last_end = end;
    }
}

static bool note_ending(struct status *status, const struct stored_agency *agency) {
    return agency->ending == AGENCY_CUT     ? survey_add_missing(&status->cut, agency->agency)
           : agency->ending == AGENCY_ENDED ? survey_add_missing(&status->ended, agency->agency)
                                            : true;
}

static bool count_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct counting *counting = context;
    struct status_totals *totals = &counting->status->totals;
    bool has_finished = agency->finished_at[0] != '\0';
    totals->agencies++;
    totals->bets += agency->bets;
    totals->finished += has_finished;
    totals->told += agency->told_at[0] != '\0';
    if (has_finished) {
        note_end(counting->status, agency);
    }
    if (!note_ending(counting->status, agency) ||
        (!has_finished && agency->bets > 0 &&
         !survey_add_missing(&counting->status->begun, agency->agency))) {
        return no_memory(error);
    }
    if (!miss_until(counting, agency->agency + !has_finished, error)) {
        return false;
    }
    counting->next = agency->agency + 1;
    return true;
}

static bool make_room(struct status *status, struct error *error) {
    if (status->winners_count < status->winners_max) {
        return true;
    }
    size_t room = status->winners_max == 0 ? 64 : 2 * status->winners_max;
    struct status_winners *winners = reallocarray(status->winners, room, sizeof *winners);
    if (winners == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the winners");
    }
    status->winners = winners;
    status->winners_max = room;
    return true;
}

static bool count_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct status *status = context;
    if (status->winners_count == 0 || status->winners[status->winners_count - 1].agency != winner->agency) {
        if (!make_room(status, error)) {
            return false;
        }
        status->winners[status->winners_count++] = (struct status_winners){.agency = winner->agency};
    }
    status->winners[status->winners_count - 1].winners++;
    status->totals.winners++;
    return true;
}

const char *status_flags(const struct status *status) {
    return status->flags == NULL ? "" : status->flags;
}

bool status_is_drawn(const struct status *status) {
    return status->draw.state == DRAW_DRAWN;
}

uint64_t status_missing(const struct status *status) {
    return status->totals.finished < status->draw.agencies ? status->draw.agencies - status->totals.finished
                                                           : 0;
}

bool status_has_begun(const struct status *status, uint32_t agency) {
    const struct order_status *begun = &status->begun;
    for (size_t i = 0; i < begun->missing_count; i++) {
        if (agency <= begun->missing[i].to) {
            return agency >= begun->missing[i].from;
        }
    }
    return begun->more_missing;
}

bool status_count(struct status *status, struct error *error) {
    struct counting counting = {status, 1};
    return store_agencies(status->store, count_agency, &counting, error) &&
           miss_until(&counting, status->draw.agencies + 1, error) &&
           (!status_is_drawn(status) || store_winners(status->store, count_winner, status, error));
}

void status_note_silent(struct status *status, const struct stored_agency *agency) {
    for (size_t i = 0; i < status->live.silent_count; i++) {
        if (status->live.silent[i].agency == agency->agency) {
            status->live.silent[i].bets = agency->bets;
        }
    }
}

uint64_t status_take_winners(struct status *status, uint32_t agency) {
    while (status->next_winner < status->winners_count &&
           status->winners[status->next_winner].agency < agency) {
        status->next_winner++;
    }
    bool has_any =
        status->next_winner < status->winners_count && status->winners[status->next_winner].agency == agency;
    return has_any ? status->winners[status->next_winner].winners : 0;
}

void status_free(struct status *status) {
    free(status->winners);
    status->winners = NULL;
    free(status->missing.missing);
    free(status->begun.missing);
    free(status->cut.missing);
    free(status->ended.missing);
    status->missing.missing = status->begun.missing = status->cut.missing = status->ended.missing = NULL;
}

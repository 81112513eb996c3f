#include "cli/status_reading.h"

#include <stdlib.h>

struct status_winners {
    uint32_t agency;
    uint64_t winners;
};

static bool count_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct status_totals *totals = context;
    (void)error;
    totals->agencies++;
    totals->bets += agency->bets;
    totals->finished += agency->finished_at[0] != '\0';
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

bool status_is_drawn(const struct status *status) {
    return status->draw.state == DRAW_DRAWN;
}

bool status_count(struct status *status, struct error *error) {
    return store_agencies(status->store, count_agency, &status->totals, error) &&
           (!status_is_drawn(status) || store_winners(status->store, count_winner, status, error));
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
}

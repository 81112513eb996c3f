// What `quiniela status` reads of a draw before it prints anything.
#ifndef QUINIELA_CLI_STATUS_READING_H
#define QUINIELA_CLI_STATUS_READING_H

#include "base/error.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct status_winners; // how many an agency has

struct status_totals {
    uint64_t agencies; // that have a row
    uint64_t finished;
    uint64_t bets;
    uint64_t winners;
};

struct status {
    struct store *store;
    const char *draw_name;
    struct stored_draw draw;
    struct status_totals totals;
    struct status_winners *winners; // of the agencies that have any, by number
    size_t winners_count, winners_max;
    size_t next_winner; // the first of them not yet printed
};

// Whether the draw was made, so that there are winners.
bool status_is_drawn(const struct status *status);

// Counts the agencies, bets and winners. `store` and `draw` are set, all else is zero. The caller calls
// status_free either way. Errors as store_agencies and store_winners; ERROR_NO_MEMORY.
bool status_count(struct status *status, struct error *error) MUST_CHECK;

// How many winners an agency has. Call it once for each agency, in order.
uint64_t status_take_winners(struct status *status, uint32_t agency);

// Frees the counts. The store stays open.
void status_free(struct status *status);

#endif

// What `quiniela status` finds out about a draw before it prints anything.
#ifndef QUINIELA_CLI_STATUS_READING_H
#define QUINIELA_CLI_STATUS_READING_H

#include "base/error.h"
#include "cli/backup_note.h"
#include "cli/status_live.h"
#include "ledger/signed_status.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct status_winners; // how many an agency has

struct status_totals {
    uint64_t agencies; // that have a row
    uint64_t finished, told;
    uint64_t bets;
    uint64_t winners;
};

// An agency's end.
struct status_end {
    uint32_t agency; // 0: none
    char at[STORE_TIME_BYTES];
};

struct status {
    struct store *store;               // NULL: nothing was read, the server told …
    char no_store[512];                // … since this kept it from being read
    char counted_at[STORE_TIME_BYTES]; // "": just now; else when it counted, beside what it has stored since
    const char *draw_name;
    const char *flags; // with which a command reaches this draw, such as " --draw other"; NULL: none
    struct stored_draw draw;
    struct signed_status is_signed; // where only a server could be asked, `by` alone
    struct status_totals totals;
    struct status_end first_end, last_end;
    struct order_status missing;    // of it only the agencies that have not finished, as ranges
    struct order_status begun;      // of those, the ones that have bets; likewise as ranges
    struct order_status cut, ended; // likewise those that were cut off by the close, and by `quiniela finish`
    struct status_live live;
    bool is_in_file; // the store, so that `quiniela backup` copies it
    bool has_backup;
    struct backup_note backup;
    time_t now;
    uint64_t rows_max;              // agencies in the table
    struct status_winners *winners; // of the agencies that have any, by number
    size_t winners_count, winners_max;
    size_t next_winner; // the first of them not yet printed
};

// Whether the draw was made, so that there are winners.
bool status_is_drawn(const struct status *status);

// The flags of a command in what is said: "" when there are none.
const char *status_flags(const struct status *status);

// How many agencies have not finished.
uint64_t status_missing(const struct status *status);

// Whether bets of an agency that has not finished are stored. True also where there are too many to tell.
bool status_has_begun(const struct status *status, uint32_t agency);

// Counts the agencies, bets and winners, and finds who is missing. `store` and `draw` are set, all else is
// zero. The caller calls status_free either way. Errors as store_agencies and store_winners; ERROR_NO_MEMORY.
bool status_count(struct status *status, struct error *error) MUST_CHECK;

// Takes from an agency's row what belongs to its silence, if it is one of the silent. Call it for each.
void status_note_silent(struct status *status, const struct stored_agency *agency);

// How many winners an agency has. Call it once for each agency, in order.
uint64_t status_take_winners(struct status *status, uint32_t agency);

// Frees the counts. The store stays open.
void status_free(struct status *status);

#endif

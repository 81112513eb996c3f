// The rows of agencies that were told last, as text: readers of the events who know the same are told the
// same, so with ten thousand agencies they are written once, and not for each reader.
#ifndef QUINIELA_BOARD_ROWS_KEPT_H
#define QUINIELA_BOARD_ROWS_KEPT_H

#include "board/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rows_text {
    char *text; // the data of an event; NULL: none is kept
    size_t length;
    uint64_t since, version; // what has changed since that snapshot, as of this one
};

// Begins zeroed; the owner ends it with rows_kept_clear.
struct rows_kept {
    struct rows_text whole, changed;
    uint64_t written; // how often any was
};

// {"reset":…,"rows":[…]}: all rows of the snapshot, or those that have changed since the one of that version.
// Valid until the next call. NULL when there is no memory.
const struct rows_text *rows_kept_get(struct rows_kept *kept, const struct board_snapshot *snapshot,
                                      bool is_reset, uint64_t since);

// Frees what is kept.
void rows_kept_clear(struct rows_kept *kept);

#endif

// Reads from the store how the draw stands.
#ifndef QUINIELA_BOARD_READING_H
#define QUINIELA_BOARD_READING_H

#include "board/pace.h"
#include "board/snapshot.h"

struct pulse;
struct store;

// By what the store is read.
struct board_sight {
    const struct pulse *pulse;
    time_t pulse_began; // its age is counted from then
    time_t now;
    uint64_t now_ms;    // of the steady clock
    uint64_t before_ms; // when the snapshot before was read
    struct pace *pace;  // of a shared store
};

// Reads the next snapshot. `before` is the one before, or NULL: from it come the rates, when an agency was
// last heard of by any server, and the versions. Of the bets only their sums are read, and of the winners how
// many each agency has. On success the caller owns *next. ERROR_NO_MEMORY; errors of the store.
bool board_read(struct store *store, const struct board_sight *sight, const struct board_snapshot *before,
                struct board_snapshot **next, struct error *error) MUST_CHECK;

// The snapshot for when the store cannot be read: as `before`, which may be NULL, with the reason, which
// anybody may be told (the error's cause and not its text, error.h). NULL when there is no memory.
struct board_snapshot *board_read_failed(const struct board_snapshot *before, const char *trouble);

#endif

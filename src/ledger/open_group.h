// The group of changes that is open at the store, from its beginning to its commit.
//
// In a shared store two groups wait for each other when each has a row that the other one needs next. So each
// changes rows in one order: agencies by number, then chunks, then the draw. It does so late, at its commit,
// unless bets sent again have to be compared with what the group adds (open_group_show): then the rows of
// that moment are changed earlier, and the order no longer holds for the whole group.
#ifndef QUINIELA_LEDGER_OPEN_GROUP_H
#define QUINIELA_LEDGER_OPEN_GROUP_H

#include "base/error.h"

#include <stdint.h>

struct ledger;
struct stored_chunk;

// Begins a group at the store, unless one is begun.
bool open_group_begin(struct ledger *ledger, struct error *error) MUST_CHECK;

// Notes that the group changes something, so that there is something to commit.
bool open_group_change(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether there is something to commit.
bool open_group_is_due(const struct ledger *ledger);

// Adds a chunk, whose bets must stay until the group ends: a shared store gets it after the agencies' rows.
bool open_group_add(struct ledger *ledger, const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

// The chunks that the group adds to this agency are at the store from here on, so that reading finds them.
bool open_group_show(struct ledger *ledger, uint32_t agency, struct error *error) MUST_CHECK;

// Notes that an agency finishes with the open group: by an order, or by its last chunk.
void open_group_note_end(struct ledger *ledger);
void open_group_note_last_chunk(struct ledger *ledger);

// Notes that the group closes the draw: all agencies come to their end with it.
void open_group_note_close(struct ledger *ledger);

// Notes that the group seals the draw: that is told once it is committed.
void open_group_note_seal(struct ledger *ledger);

// Notes that the group is closed at the store, for who has ended it by other means than open_group_commit:
// whether it was committed or has failed.
void open_group_end(struct ledger *ledger);

// Frees what the groups have needed.
void open_group_free(struct ledger *ledger);

// Drops the open group, if there is one, also at the store. The agencies' rows keep the group's changes
// until they are read back (state.h: state_forget).
void open_group_drop(struct ledger *ledger);

// Puts the rows of the agencies that the group changes: in a shared store by number.
bool open_group_put_agencies(struct ledger *ledger, struct error *error) MUST_CHECK;

// Commits the open group: puts the agencies' rows, checks that the draw is still the one that was decided
// on, and seals it if the last agency finishes. On failure nothing in the group counts until the store has
// been read back.
bool open_group_commit(struct ledger *ledger, struct error *error) MUST_CHECK;

#endif

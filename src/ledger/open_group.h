// The group of changes that is open at the store, from its beginning to its commit.
#ifndef QUINIELA_LEDGER_OPEN_GROUP_H
#define QUINIELA_LEDGER_OPEN_GROUP_H

#include "base/error.h"

struct ledger;

// Begins a group, unless one is open.
bool open_group_begin(struct ledger *ledger, struct error *error) MUST_CHECK;

// Notes that the open group adds bets, or that an agency finishes with it.
void open_group_note_bets(struct ledger *ledger);
void open_group_note_end(struct ledger *ledger);

// Notes that the group is closed, because it was committed by other means than open_group_commit.
void open_group_end(struct ledger *ledger);

// Drops the open group, if there is one, also at the store. The agencies' rows keep the group's changes
// until they are read back (state.h: state_forget).
void open_group_drop(struct ledger *ledger);

// Puts the rows of the agencies that the group changes.
bool open_group_put_agencies(struct ledger *ledger, struct error *error) MUST_CHECK;

// Commits the open group: puts the agencies' rows, checks that the draw is still the one that was decided
// on, and seals it if the last agency finishes. On failure nothing in the group counts until the store has
// been read back.
bool open_group_commit(struct ledger *ledger, struct error *error) MUST_CHECK;

#endif

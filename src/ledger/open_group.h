// The group of changes that is open at the store, from its beginning to its commit.
#ifndef QUINIELA_LEDGER_OPEN_GROUP_H
#define QUINIELA_LEDGER_OPEN_GROUP_H

#include "base/error.h"

struct ledger;

// Begins a group, unless one is open.
bool open_group_begin(struct ledger *ledger, struct error *error) MUST_CHECK;

// Puts the rows of the agencies that the group changes.
bool open_group_put_agencies(struct ledger *ledger, struct error *error) MUST_CHECK;

// Commits the open group: puts the agencies' rows, makes sure that the draw is still the one that was decided
// on, and seals it with the last agency's end. On failure nothing of the group counts, until the store has
// been read back.
bool open_group_commit(struct ledger *ledger, struct error *error) MUST_CHECK;

#endif

// The rows of the agencies that a group is about are known before it is decided on. In a shared store each is
// read when the ledger first hears of its agency, and again when another server may have changed it.
#ifndef QUINIELA_LEDGER_KNOWN_H
#define QUINIELA_LEDGER_KNOWN_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct ledger;
struct queue_node;

// Reads the rows of the requests' agencies that are not known, within the open group. While the ledger is
// careful it locks all of them.
bool known_read(struct ledger *ledger, const struct queue_node *requests, struct error *error) MUST_CHECK;

// As known_read, of one agency that another server may have changed, unless the open group has changed it.
bool known_refresh(struct ledger *ledger, uint32_t number, struct error *error) MUST_CHECK;

// Within the group: of a shared store, reads the rows of these agencies again, and no other server changes
// them until the group ends. Call it before anything that has the draw locked (open_group.h).
bool known_lock(struct ledger *ledger, const uint32_t *numbers, size_t count, struct error *error) MUST_CHECK;

// The group of these requests was dropped: what it changed of the agencies' rows here does not count.
void known_doubt(struct ledger *ledger, const struct queue_node *requests);

// Another server was quicker: for some time agencies are locked before anything is decided.
void known_be_careful(struct ledger *ledger);

#endif

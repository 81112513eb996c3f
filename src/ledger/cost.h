// What a request costs the ledger beyond what it has in it.
#ifndef QUINIELA_LEDGER_COST_H
#define QUINIELA_LEDGER_COST_H

#include "ledger/request.h"

#include <stddef.h>

struct ledger;

// How many stored bytes will be read for the request, more or less: 0 when what it asks for is in memory.
// Where an agency's chunks have not been read since the start, they are taken to be as large as may be. For
// the ledger's thread.
size_t cost_beyond(const struct ledger *ledger, const struct ledger_request *request);

#endif

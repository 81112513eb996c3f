// What a request costs the ledger beyond its own bytes.
#ifndef QUINIELA_LEDGER_COST_H
#define QUINIELA_LEDGER_COST_H

#include "ledger/request.h"

#include <stddef.h>

struct ledger;

// Roughly how many stored bytes will be read for the request; 0 when everything it asks for is in memory. If
// an agency's chunks have not been read since startup, they are assumed to be of the largest size allowed.
// For the ledger's thread.
size_t cost_beyond(const struct ledger *ledger, const struct ledger_request *request);

#endif

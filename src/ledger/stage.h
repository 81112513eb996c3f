// Puts what was decided on one request into the group that is open at the store, and into its answer.
#ifndef QUINIELA_LEDGER_STAGE_H
#define QUINIELA_LEDGER_STAGE_H

#include "ledger/decide.h"
#include "ledger/request.h"

struct ledger;

// The answer counts only once the group has been committed. Fails only when the store does, or there is no
// memory.
bool stage(struct ledger *ledger, struct ledger_request *request, const struct decision *decision,
           struct error *error) MUST_CHECK;

// Takes back what an answer says, and what was staged for it, so that the request can be decided on anew.
// `is_known`: nothing of it was stored. What is then found in its place is another server's.
void stage_take_back(struct ledger_request *request, bool is_known);

#endif

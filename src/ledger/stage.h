// Puts the decision on one request into the store's open group, and into the request's answer.
#ifndef QUINIELA_LEDGER_STAGE_H
#define QUINIELA_LEDGER_STAGE_H

#include "ledger/decide.h"
#include "ledger/request.h"

struct ledger;

// The answer counts only once the group has been committed. Fails only when the store fails or memory runs
// out.
bool stage(struct ledger *ledger, struct ledger_request *request, const struct decision *decision,
           struct error *error) MUST_CHECK;

// Takes back an answer and what was staged for it, so that the request can be decided again. `is_known`:
// nothing of it was stored, so bets then found in its place are another server's.
void stage_take_back(struct ledger_request *request, bool is_known);

#endif

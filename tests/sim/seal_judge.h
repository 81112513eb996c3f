// The oracle of signed draws: every receipt is of bets that are stored; one root, of exactly the stored bets,
// however often its computing failed; and no draw before it.
#ifndef QUINIELA_TESTS_SIM_SEAL_JUDGE_H
#define QUINIELA_TESTS_SIM_SEAL_JUDGE_H

#include "ledger/request.h"
#include "oracle.h"

void seal_judge_begin(void);

// Has a request ask for a receipt, if its agency does, and judges that when it is completed.
void seal_judge_watch(struct ledger_request *request);

// As oracle_committed, which has seen the bets by now.
void seal_judge_committed(const struct durable *durable);

// Whether the agency has had a receipt, and its stored row says so.
bool seal_judge_is_receipted(uint32_t agency);

// Everything is over.
void seal_judge_end(void);

#endif

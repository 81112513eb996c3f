// The tree of a sealed draw is computed again, right before its number decides who wins.
#ifndef QUINIELA_LEDGER_SEALED_AGAIN_H
#define QUINIELA_LEDGER_SEALED_AGAIN_H

#include "base/error.h"

struct ledger;

// Reads every bet again, and compares what comes of it with the seal. ERROR_BETS_CHANGED names an agency
// whose bets are not those that were sealed (seal.json in the draw's folder says which those were);
// ERROR_SEAL_STOPPED; errors of the store and of the folder.
bool sealed_again(struct ledger *ledger, struct error *error) MUST_CHECK;

#endif

// Who signed the draw before: when the key changes between two draws, the old one signs the next one's rules,
// too. So whoever knows the old key learns of the new one from it, and nobody else can bring one in.
#ifndef QUINIELA_LEDGER_PREVIOUS_SIGNER_H
#define QUINIELA_LEDGER_PREVIOUS_SIGNER_H

#include "base/error.h"
#include "ledger/options.h"
#include "store/store.h"

struct ledger;

// For a draw that is to be opened and signed: whether the notary has the keys that must sign its first
// record. ERROR_BAD_SETTING, naming the key that is missing, when the newest of the store's other signed
// draws has another one; errors of the store.
bool previous_signer_check(struct ledger *ledger, struct error *error) MUST_CHECK;

// The same for the draw `draw` of `store`, before there is a ledger: what a start would find. `options` has
// the notary, and open_reader with its context.
bool previous_signer_preview(const struct ledger_options *options, struct store *store, const char *draw,
                             struct error *error) MUST_CHECK;

#endif

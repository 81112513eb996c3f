// What the tree of a ledger's sealed draw depends on, beside its bets.
#ifndef QUINIELA_LEDGER_SEALED_TERMS_H
#define QUINIELA_LEDGER_SEALED_TERMS_H

#include "ledger/sealed_tree.h"
#include "ledger/state.h"

// Fills *terms, all but `stop`. The caller wipes them: they hold the salts' secret.
static inline void sealed_terms_of(const struct ledger *ledger, struct sealed_terms *terms) {
    *terms = (struct sealed_terms){.rules = signed_draw_rules(&ledger->signed_draw)->hash,
                                   .agencies = ledger->draw.agencies,
                                   .voided = ledger->draw.voided};
    memcpy(terms->origin, ledger->signed_draw.origin, sizeof terms->origin);
    memcpy(terms->secret, ledger->draw.secret, sizeof terms->secret);
}

#endif

// Which settings say something else of a signed draw than its rules, which stay.
#ifndef QUINIELA_LEDGER_RULES_DIFFER_H
#define QUINIELA_LEDGER_RULES_DIFFER_H

#include "seal/rules.h"

enum { RULES_DIFFER_BYTES = 80 };

// Writes the names of the settings, with commas between them; "" when there is none. `wanted` is what the
// settings say (notary.terms); agencies, close and key are not compared.
void rules_differ(const struct rules *rules, const struct rules *wanted, char text[RULES_DIFFER_BYTES]);

#endif

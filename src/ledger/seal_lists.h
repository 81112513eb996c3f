// Two lists of what a draw's tree holds (seal.json): in which agency they differ.
#ifndef QUINIELA_LEDGER_SEAL_LISTS_H
#define QUINIELA_LEDGER_SEAL_LISTS_H

#include "base/error.h"

#include <stdint.h>
#include <stdio.h>

enum { SEAL_LISTS_TEXT_BYTES = 256 };

// Finds the first agency that is not the same in both, and writes what both say of it, for people, into
// `text`; "" when the lists are the same, or differ in no agency. The lists are read from their beginnings;
// each has one layout, so the lines are compared.
void seal_lists_compare(FILE *kept, FILE *made, char text[SEAL_LISTS_TEXT_BYTES]);

#endif

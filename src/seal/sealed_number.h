// The line "number 0042" of approvals and results: the digits of N - 1, with leading zeros.
#ifndef QUINIELA_SEAL_SEALED_NUMBER_H
#define QUINIELA_SEAL_SEALED_NUMBER_H

#include "seal/draft.h"
#include "seal/form.h"

// Reads a number of just so many digits. Returns false for any other text.
bool sealed_number_parse(struct slice text, uint16_t *number) MUST_CHECK;

// Appends the line.
void sealed_number_put(struct draft *draft, uint16_t number);

// Reads it. ERROR_BAD_FORM.
bool sealed_number_take(struct form *form, uint16_t *number, struct error *error) MUST_CHECK;

#endif

// TEXT(a, i) of a bet, "agency,index,row", and the leaf that it is in its agency's tree.
#ifndef QUINIELA_SEAL_BET_TEXT_H
#define QUINIELA_SEAL_BET_TEXT_H

#include "base/error.h"
#include "seal/limits.h"
#include "seal/merkle.h"
#include "seal/salt.h"

struct bet_text {
    uint32_t agency; // from 1
    uint64_t index;  // within its agency, from 0
    struct slice row;
    uint16_t number; // the bet's
};

// Writes TEXT(agency, index) without a NUL; the row has at most BET_TEXT_BYTES_MAX bytes. Returns its length.
size_t bet_text_write(uint32_t agency, uint64_t index, struct slice row, char text[TEXT_BYTES_MAX]);

// Reads a TEXT, and checks that its row is a bet. ERROR_BAD_FORM.
bool bet_text_parse(struct slice text, struct bet_text *parsed, struct error *error) MUST_CHECK;

// The leaf of a bet: that of SALT ‖ TEXT. `text` has at most TEXT_BYTES_MAX bytes.
void bet_text_leaf(const uint8_t salt[SALT_BYTES], struct slice text, struct hash *leaf);

#endif

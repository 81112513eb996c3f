// The tree of a sealed draw, computed from the bets that a store holds.
#ifndef QUINIELA_LEDGER_SEALED_TREE_H
#define QUINIELA_LEDGER_SEALED_TREE_H

#include "base/error.h"
#include "seal/checkpoint.h"
#include "seal/salt.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

// The bets are not those that the draw was sealed with, or not those that the agencies' rows say. The text
// names the agency.
extern const struct error_code ERROR_BETS_CHANGED[1];

// What the tree depends on beside the bets.
struct sealed_terms {
    char origin[ORIGIN_BYTES_MAX + 1];
    uint8_t secret[SECRET_BYTES]; // wiped by whoever made it
    struct hash rules;            // of the text of the newest record
    uint32_t agencies;
    uint64_t voided;         // bets that resets set aside: they are listed apart
    const atomic_bool *stop; // once it is true, all ends soon
};

// Reads every bet of the draw, and computes the seal over all processors; `terms` outlives the seal, whose
// origin points there. Writes seal.json to `list`, an empty file that can be read back, and flushes it.
// ERROR_BETS_CHANGED when a chunk is not what it was stored as, or an agency has more or fewer bets than its
// row says; ERROR_SEAL_STOPPED; ERROR_SYSTEM for the file; whatever the store says.
bool sealed_tree_compute(struct store *store, const struct sealed_terms *terms, FILE *list,
                         struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif

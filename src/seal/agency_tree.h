// An agency's tree, bet by bet.
#ifndef QUINIELA_SEAL_AGENCY_TREE_H
#define QUINIELA_SEAL_AGENCY_TREE_H

#include "seal/bet_leaves.h"
#include "seal/merkle.h"

// `merkle` is its state, to which the leaf of each bet is added.
struct agency_tree {
    struct bet_leaves leaves;
    struct merkle merkle;
};

void agency_tree_begin(struct agency_tree *tree, uint32_t agency, const uint8_t key[AGENCY_KEY_BYTES]);

// Adds the agency's next bet, and gives its leaf, too; `leaf` may be NULL.
void agency_tree_add(struct agency_tree *tree, struct slice row, struct hash *leaf);

#endif

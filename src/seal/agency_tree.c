#include "seal/agency_tree.h"

void agency_tree_begin(struct agency_tree *tree, uint32_t agency, const uint8_t key[AGENCY_KEY_BYTES]) {
    bet_leaves_begin(&tree->leaves, agency, key, 0);
    merkle_begin(&tree->merkle);
}

void agency_tree_add(struct agency_tree *tree, struct slice row, struct hash *leaf) {
    struct hash own;
    bet_leaves_next(&tree->leaves, &row, 1, &own);
    merkle_add(&tree->merkle, &own);
    if (leaf != NULL) {
        *leaf = own;
    }
}

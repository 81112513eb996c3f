// A tree that is in memory as a whole, some 64 bytes a leaf: for many paths of it, and for how it goes on
// smaller ones.
#ifndef QUINIELA_SEAL_MERKLE_TREE_H
#define QUINIELA_SEAL_MERKLE_TREE_H

#include "seal/merkle_path.h"

struct merkle_tree {
    struct merkle_level {
        struct hash *nodes; // of whole trees of 2^level leaves
        uint64_t count, max;
    } levels[MERKLE_LEVELS_MAX];
};

void merkle_tree_begin(struct merkle_tree *tree);
void merkle_tree_free(struct merkle_tree *tree);

// Adds the next leaf. Returns false, and the tree is as it was, when there is no memory.
bool merkle_tree_add(struct merkle_tree *tree, const struct hash *leaf) MUST_CHECK;

uint64_t merkle_tree_count(const struct merkle_tree *tree);

// The root of the first `size` leaves; of all of them that there are at most.
void merkle_tree_root(const struct merkle_tree *tree, uint64_t size, struct hash *root);

// The path of leaf `index` of the tree of the first `size` leaves.
void merkle_tree_path(const struct merkle_tree *tree, uint64_t index, uint64_t size,
                      struct merkle_path *path);

#endif

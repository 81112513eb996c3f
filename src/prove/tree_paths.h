// The paths of some leaves of a tree, all of whose leaves come in order, in memory that grows only with those
// that are wanted.
#ifndef QUINIELA_PROVE_TREE_PATHS_H
#define QUINIELA_PROVE_TREE_PATHS_H

#include "base/attributes.h"
#include "seal/merkle_path.h"

struct tree_path {
    uint64_t index; // of the leaf
    struct merkle_path path;
};

struct tree_paths {
    struct merkle merkle;     // what has come
    struct tree_path *wanted; // by index
    size_t count, max;
};

void tree_paths_begin(struct tree_paths *paths);
void tree_paths_free(struct tree_paths *paths);

// Adds the next leaf; its path is kept when it is wanted. False when there is no memory.
bool tree_paths_add(struct tree_paths *paths, const struct hash *leaf, bool is_wanted) MUST_CHECK;

// All leaves have come: completes the paths, and gives the tree's root.
void tree_paths_end(struct tree_paths *paths, struct hash *root);

// The path of the leaf `index`; NULL when it was not wanted.
const struct merkle_path *tree_paths_find(const struct tree_paths *paths, uint64_t index);

#endif

// Checks that an entry is in a tree, and that a tree goes on another one: RFC 9162, 2.1.3.2 and 2.1.4.2.
// Index and sizes are known from elsewhere; a path of another length than they give is refused.
#ifndef QUINIELA_SEAL_MERKLE_PATH_H
#define QUINIELA_SEAL_MERKLE_PATH_H

#include "base/attributes.h"
#include "seal/merkle.h"

struct merkle_path {
    size_t length;
    struct hash hashes[MERKLE_LEVELS_MAX]; // from the leaf upwards
};

// How many hashes the path of leaf `index` of a tree of `size` leaves has; `index` is less than `size`.
size_t merkle_path_length(uint64_t index, uint64_t size);

// The root of the tree of `size` leaves that has `leaf` at `index`, if the path is right. Returns false when
// there is no such place in such a tree, or the path has another length.
bool merkle_path_root(const struct merkle_path *path, uint64_t index, uint64_t size, const struct hash *leaf,
                      struct hash *root) MUST_CHECK;

#endif

// The path of one leaf of a tree whose leaves come in order, in memory that does not grow with them.
#ifndef QUINIELA_SEAL_MERKLE_GATHER_H
#define QUINIELA_SEAL_MERKLE_GATHER_H

#include "seal/merkle_path.h"

struct merkle_gather {
    uint64_t index, size; // of the leaf, of the tree
    uint64_t next;        // the leaf that comes next
    size_t parts;         // the path's length
    size_t part;          // the part of the tree that the next leaf belongs to, from the left
    struct merkle merkle; // that part, so far
    struct hash leaf;     // the leaf at `index`, once it has come
    struct merkle_path path;
    struct merkle_gather_part {
        uint64_t first, end; // its leaves
        size_t place;        // where its root stands in the path
    } all[MERKLE_LEVELS_MAX];
};

// Begins with leaf 0 of a tree of `size` leaves; `index` is less than that.
void merkle_gather_begin(struct merkle_gather *gather, uint64_t index, uint64_t size);

// Takes the next leaf.
void merkle_gather_add(struct merkle_gather *gather, const struct hash *leaf);

// Whether all leaves have come: then `path` is that of `leaf`.
bool merkle_gather_is_done(const struct merkle_gather *gather);

#endif

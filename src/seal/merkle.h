// The root of an RFC 6962 tree (section 2.1, with SHA-256), of entries that come in order, in memory that
// does not grow with them.
#ifndef QUINIELA_SEAL_MERKLE_H
#define QUINIELA_SEAL_MERKLE_H

#include "seal/hash.h"

enum { MERKLE_LEVELS_MAX = 64 };

// A tree's leaf, of an entry; a node, of the two below it; the root of no entries. `node` may be one of them.
void merkle_leaf(const void *entry, size_t length, struct hash *leaf);
void merkle_node(const struct hash *left, const struct hash *right, struct hash *node);
void merkle_empty(struct hash *root);

// The nodes above `count` pairs that lie one after the other, at most HASHES_TOGETHER, side by side
// (hash_of_each). `nodes` may be where the pairs are.
void merkle_nodes(const struct hash *pairs, size_t count, struct hash *nodes);

// What has come so far: `count` leaves, as the roots of the whole trees that they make, one for each bit of
// the count that is 1.
struct merkle {
    uint64_t count;
    struct hash roots[MERKLE_LEVELS_MAX]; // [level] is that of 2^level leaves
};

void merkle_begin(struct merkle *merkle);

// Adds the next leaf.
void merkle_add(struct merkle *merkle, const struct hash *leaf);

// Adds the next 2^level leaves at once, by the root of their tree, which may have been computed elsewhere.
// The count must be a multiple of 2^level.
void merkle_add_whole(struct merkle *merkle, const struct hash *root, unsigned level);

// The root of all that has been added. More may be added after it.
void merkle_root(const struct merkle *merkle, struct hash *root);

#endif

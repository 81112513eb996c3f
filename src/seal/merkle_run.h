// A run of a tree's leaves that begins anywhere, as the roots of the whole trees within it: what a thread
// makes of its piece, so that another may put the pieces together with merkle_add_whole.
#ifndef QUINIELA_SEAL_MERKLE_RUN_H
#define QUINIELA_SEAL_MERKLE_RUN_H

#include "seal/merkle.h"

struct merkle_part {
    struct hash root;
    unsigned level; // the part has 2^level leaves, and the number of those before it is a multiple of that
};

struct merkle_run {
    uint64_t next;             // the index of the next leaf
    size_t count;              // parts, from left to right
    struct merkle_part *parts; // the caller's
};

// How many parts a run of so many leaves may have, wherever it begins: two of each level at most.
size_t merkle_run_parts_max(uint64_t leaves);

// Begins a run with the leaf `first`; `parts` has room for as many as its leaves may need.
void merkle_run_begin(struct merkle_run *run, uint64_t first, struct merkle_part *parts);

// Adds the next leaves, and uses their memory. Whole parts of 2 to HASHES_TOGETHER leaves take the least
// time.
void merkle_run_add(struct merkle_run *run, struct hash *leaves, size_t count);

#endif

// The draw tree, agency by agency, and SEAL, which follows from it.
#ifndef QUINIELA_SEAL_DRAW_TREE_H
#define QUINIELA_SEAL_DRAW_TREE_H

#include "seal/checkpoint.h"
#include "seal/draw_entry.h"
#include "seal/merkle.h"

// The agencies that have been added. The tree begins with the entry of the draw, which holds their sum.
struct draw_tree {
    struct slice origin;
    struct hash rules;
    uint32_t agencies; // A
    uint64_t bets;     // the sum that was promised
    uint64_t added;    // the sum of those that were added
    struct merkle merkle;
};

// Begins a tree of `agencies`, with `bets` bets in all, which the caller knows beforehand. The origin must
// outlive it.
void draw_tree_begin(struct draw_tree *tree, struct slice origin, const struct hash *rules, uint32_t agencies,
                     uint64_t bets);

// Adds the next agency, from 1 on, and gives its entry's leaf, too; `leaf` may be NULL.
void draw_tree_add(struct draw_tree *tree, enum entry_state state, uint64_t count, const struct hash *root,
                   struct hash *leaf);

// The seal, once all agencies have been added. ERROR_FALSE_CLAIM when there are more or fewer bets or
// agencies than were promised.
bool draw_tree_end(const struct draw_tree *tree, struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif

#include "seal/draw_tree.h"

#include "seal/errors.h"

#include <assert.h>
#include <inttypes.h>

void draw_tree_begin(struct draw_tree *tree, struct slice origin, const struct hash *rules, uint32_t agencies,
                     uint64_t bets) {
    *tree = (struct draw_tree){.origin = origin, .rules = *rules, .agencies = agencies, .bets = bets};
    struct draw_entry entry = {origin, *rules, agencies, bets};
    struct hash leaf;
    merkle_begin(&tree->merkle);
    draw_entry_leaf(&entry, &leaf);
    merkle_add(&tree->merkle, &leaf);
}

void draw_tree_add(struct draw_tree *tree, enum entry_state state, uint64_t count, const struct hash *root,
                   struct hash *leaf) {
    assert(tree->merkle.count <= tree->agencies);
    struct agency_entry entry = {tree->origin, (uint32_t)tree->merkle.count, state, count, *root};
    struct hash own;
    agency_entry_leaf(&entry, &own);
    merkle_add(&tree->merkle, &own);
    tree->added += count;
    if (leaf != NULL) {
        *leaf = own;
    }
}

bool draw_tree_end(const struct draw_tree *tree, struct checkpoint *seal, struct error *error) {
    uint64_t agencies = tree->merkle.count - 1;
    if (agencies != tree->agencies || tree->added != tree->bets) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the tree has %" PRIu64 " bets of %" PRIu64 " agencies, and should have %" PRIu64
                         " of %" PRIu32,
                         tree->added, agencies, tree->bets, tree->agencies);
    }
    *seal = (struct checkpoint){.origin = tree->origin, .size = tree->merkle.count};
    merkle_root(&tree->merkle, &seal->root);
    return true;
}

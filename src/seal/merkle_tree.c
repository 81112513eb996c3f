#include "seal/merkle_tree.h"

#include "base/memory.h"

#include <assert.h>

enum { NODES_FIRST = 16 };

void merkle_tree_begin(struct merkle_tree *tree) {
    *tree = (struct merkle_tree){0};
}

void merkle_tree_free(struct merkle_tree *tree) {
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++) {
        memory_free(tree->levels[level].nodes);
    }
    merkle_tree_begin(tree);
}

static bool make_room(struct merkle_level *level) {
    if (level->count < level->max) {
        return true;
    }
    uint64_t max = level->max == 0 ? NODES_FIRST : 2 * level->max;
    struct hash *nodes = memory_resize_array(level->nodes, max, sizeof *nodes);
    if (nodes == NULL) {
        return false;
    }
    level->nodes = nodes;
    level->max = max;
    return true;
}

bool merkle_tree_add(struct merkle_tree *tree, const struct hash *leaf) {
    uint64_t count = merkle_tree_count(tree);
    unsigned top = 0; // up to where a node becomes whole
    for (; make_room(&tree->levels[top]) && (count >> top & 1) != 0; top++) {
    }
    if (tree->levels[top].count == tree->levels[top].max) {
        return false;
    }
    struct hash node = *leaf;
    for (unsigned i = 0; i <= top; i++) {
        struct merkle_level *level = &tree->levels[i];
        level->nodes[level->count++] = node;
        if (i < top) {
            merkle_node(&level->nodes[level->count - 2], &level->nodes[level->count - 1], &node);
        }
    }
    return true;
}

uint64_t merkle_tree_count(const struct merkle_tree *tree) {
    return tree->levels[0].count;
}

static uint64_t left_of(uint64_t size) {
    uint64_t left = 1;
    while (left < size - left) {
        left *= 2;
    }
    return left;
}

static bool is_whole(uint64_t size) {
    return (size & (size - 1)) == 0;
}

// The root of the leaves from `first` on, before `end`: at least one, and such as are a tree of their own
// within the larger one.
static void root_of(const struct merkle_tree *tree, uint64_t first, uint64_t end, struct hash *root) {
    struct hash lefts[MERKLE_LEVELS_MAX];
    size_t count = 0;
    while (!is_whole(end - first)) {
        uint64_t left = left_of(end - first);
        unsigned level = (unsigned)__builtin_ctzll(left);
        lefts[count++] = tree->levels[level].nodes[first >> level];
        first += left;
    }
    unsigned level = (unsigned)__builtin_ctzll(end - first);
    *root = tree->levels[level].nodes[first >> level];
    while (count > 0) {
        merkle_node(&lefts[--count], root, root);
    }
}

void merkle_tree_root(const struct merkle_tree *tree, uint64_t size, struct hash *root) {
    assert(size <= merkle_tree_count(tree));
    if (size == 0) {
        merkle_empty(root);
    } else {
        root_of(tree, 0, size, root);
    }
}

static void reverse(struct merkle_path *path) {
    for (size_t i = 0, j = path->length; i + 1 < j; i++) {
        struct hash held = path->hashes[i];
        path->hashes[i] = path->hashes[--j];
        path->hashes[j] = held;
    }
}

void merkle_tree_path(const struct merkle_tree *tree, uint64_t index, uint64_t size,
                      struct merkle_path *path) {
    assert(index < size && size <= merkle_tree_count(tree));
    path->length = 0;
    for (uint64_t first = 0, end = size; end - first > 1;) {
        uint64_t middle = first + left_of(end - first);
        bool is_left = index < middle;
        root_of(tree, is_left ? middle : first, is_left ? end : middle, &path->hashes[path->length++]);
        first = is_left ? first : middle;
        end = is_left ? middle : end;
    }
    reverse(path);
}

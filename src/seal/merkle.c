#include "seal/merkle.h"

#include <assert.h>

void merkle_leaf(const void *entry, size_t length, struct hash *leaf) {
    static const uint8_t prefix[1] = {0x00};
    struct hasher hasher;
    hasher_begin(&hasher);
    hasher_add(&hasher, prefix, sizeof prefix);
    hasher_add(&hasher, entry, length);
    hasher_end(&hasher, leaf);
}

void merkle_node(const struct hash *left, const struct hash *right, struct hash *node) {
    uint8_t bytes[1 + 2 * HASH_BYTES] = {0x01};
    memcpy(bytes + 1, left->bytes, HASH_BYTES);
    memcpy(bytes + 1 + HASH_BYTES, right->bytes, HASH_BYTES);
    hash_of(bytes, sizeof bytes, node);
}

void merkle_empty(struct hash *root) {
    hash_of(NULL, 0, root);
}

void merkle_begin(struct merkle *merkle) {
    merkle->count = 0;
}

void merkle_add(struct merkle *merkle, const struct hash *leaf) {
    merkle_add_whole(merkle, leaf, 0);
}

void merkle_add_whole(struct merkle *merkle, const struct hash *root, unsigned level) {
    uint64_t added = UINT64_C(1) << level;
    assert(level < MERKLE_LEVELS_MAX && merkle->count % added == 0 && merkle->count + added > merkle->count);
    struct hash node = *root;
    for (; (merkle->count >> level & 1) != 0; level++) {
        merkle_node(&merkle->roots[level], &node, &node);
    }
    merkle->roots[level] = node;
    merkle->count += added;
}

void merkle_root(const struct merkle *merkle, struct hash *root) {
    bool has_any = false;
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++) {
        if ((merkle->count >> level & 1) == 0) {
            continue;
        }
        if (has_any) {
            merkle_node(&merkle->roots[level], root, root);
        } else {
            *root = merkle->roots[level];
            has_any = true;
        }
    }
    if (!has_any) {
        merkle_empty(root);
    }
}

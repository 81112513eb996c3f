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

enum { NODE_BYTES = 1 + 2 * HASH_BYTES, NODE_BLOCKS_BYTES = 2 * HASH_BLOCK_BYTES };

// A node's message, 520 bits, padded.
static void put_node(const struct hash *left, const struct hash *right, uint8_t blocks[NODE_BLOCKS_BYTES]) {
    static const uint8_t padding[NODE_BLOCKS_BYTES - NODE_BYTES] = {
        [0] = 0x80, [sizeof padding - 2] = 0x02, [sizeof padding - 1] = 0x08};
    blocks[0] = 0x01;
    memcpy(blocks + 1, left->bytes, HASH_BYTES);
    memcpy(blocks + 1 + HASH_BYTES, right->bytes, HASH_BYTES);
    memcpy(blocks + NODE_BYTES, padding, sizeof padding);
}

void merkle_node(const struct hash *left, const struct hash *right, struct hash *node) {
    uint8_t blocks[NODE_BLOCKS_BYTES];
    put_node(left, right, blocks);
    hash_of_blocks(HASH_BEGUN, blocks, NODE_BLOCKS_BYTES / HASH_BLOCK_BYTES, node);
}

void merkle_nodes(const struct hash *pairs, size_t count, struct hash *nodes) {
    uint8_t blocks[HASHES_TOGETHER][NODE_BLOCKS_BYTES];
    struct hash_message messages[HASHES_TOGETHER];
    assert(count <= HASHES_TOGETHER);
    for (size_t i = 0; i < count; i++) {
        put_node(&pairs[2 * i], &pairs[2 * i + 1], blocks[i]);
        messages[i] = (struct hash_message){blocks[i], NODE_BLOCKS_BYTES / HASH_BLOCK_BYTES};
    }
    hash_of_each(HASH_BEGUN, messages, count, nodes);
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

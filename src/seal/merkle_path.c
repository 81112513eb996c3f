#include "seal/merkle_path.h"

// How many bits a number has, without leading zeros.
static size_t bits_of(uint64_t number) {
    size_t bits = 0;
    for (; number != 0; number >>= 1) {
        bits++;
    }
    return bits;
}

static size_t ones_of(uint64_t number) {
    size_t ones = 0;
    for (; number != 0; number &= number - 1) {
        ones++;
    }
    return ones;
}

size_t merkle_path_length(uint64_t index, uint64_t size) {
    // Up to where the ways of this leaf and the last one meet each level has a neighbour; above, only where
    // the way turns right.
    size_t inner = bits_of(index ^ (size - 1));
    return inner + (inner < 64 ? ones_of(index >> inner) : 0);
}

// Moves up to the next level where the node is a right one: below, a last node without a neighbour stays as
// it is.
static void pass_lonely(uint64_t *index, uint64_t *last) {
    while ((*index & 1) == 0 && *index != 0) {
        *index >>= 1;
        *last >>= 1;
    }
}

bool merkle_path_root(const struct merkle_path *path, uint64_t index, uint64_t size, const struct hash *leaf,
                      struct hash *root) {
    if (index >= size || path->length != merkle_path_length(index, size)) {
        return false;
    }
    uint64_t last = size - 1;
    *root = *leaf;
    for (size_t i = 0; i < path->length; i++) {
        if ((index & 1) != 0 || index == last) {
            merkle_node(&path->hashes[i], root, root);
            pass_lonely(&index, &last);
        } else {
            merkle_node(root, &path->hashes[i], root);
        }
        index >>= 1;
        last >>= 1;
    }
    return last == 0;
}

#include "seal/merkle_run.h"

size_t merkle_run_parts_max(uint64_t leaves) {
    size_t levels = 0;
    for (uint64_t rest = leaves; rest > 0; rest >>= 1) {
        levels++;
    }
    return 2 * levels < leaves ? 2 * levels : (size_t)leaves;
}

void merkle_run_begin(struct merkle_run *run, uint64_t first, struct merkle_part *parts) {
    *run = (struct merkle_run){.next = first, .parts = parts};
}

// Adds a part.
static void add_whole(struct merkle_run *run, const struct hash *root, unsigned level) {
    struct hash node = *root;
    uint64_t leaves = UINT64_C(1) << level;
    // While it is a right child whose left sibling lies in the run, too.
    while ((run->next >> level & 1) != 0 && run->count > 0 && run->parts[run->count - 1].level == level) {
        run->count--;
        merkle_node(&run->parts[run->count].root, &node, &node);
        level++;
    }
    run->parts[run->count++] = (struct merkle_part){node, level};
    run->next += leaves;
}

void merkle_run_add(struct merkle_run *run, struct hash *leaves, size_t count) {
    if (count == HASHES_TOGETHER && run->next % HASHES_TOGETHER == 0) {
        unsigned level = 0;
        for (; count > 1; level++) {
            count /= 2;
            merkle_nodes(leaves, count, leaves);
        }
        add_whole(run, leaves, level);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        add_whole(run, &leaves[i], 0);
    }
}

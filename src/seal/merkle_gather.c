#include "seal/merkle_gather.h"

#include <assert.h>
#include <stdlib.h>

// The largest power of two below `size`, which is at least 2.
static uint64_t left_of(uint64_t size) {
    uint64_t left = 1;
    while (left < size - left) {
        left *= 2;
    }
    return left;
}

static int compare_parts(const void *one, const void *other) {
    const struct merkle_gather_part *a = one, *b = other;
    return (a->first > b->first) - (a->first < b->first);
}

void merkle_gather_begin(struct merkle_gather *gather, uint64_t index, uint64_t size) {
    assert(index < size);
    *gather = (struct merkle_gather){.index = index, .size = size};
    uint64_t first = 0, end = size;
    while (end - first > 1) { // from the root down: the half that the leaf is not in is one part
        uint64_t middle = first + left_of(end - first);
        bool is_left = index < middle;
        gather->all[gather->parts++] = is_left ? (struct merkle_gather_part){.first = middle, .end = end}
                                               : (struct merkle_gather_part){.first = first, .end = middle};
        first = is_left ? first : middle;
        end = is_left ? middle : end;
    }
    for (size_t i = 0; i < gather->parts; i++) {
        gather->all[i].place = gather->parts - 1 - i;
    }
    qsort(gather->all, gather->parts, sizeof gather->all[0], compare_parts);
    gather->path.length = gather->parts;
    merkle_begin(&gather->merkle);
}

void merkle_gather_add(struct merkle_gather *gather, const struct hash *leaf) {
    assert(gather->next < gather->size);
    uint64_t at = gather->next++;
    if (at == gather->index) {
        gather->leaf = *leaf;
        return;
    }
    const struct merkle_gather_part *part = &gather->all[gather->part];
    assert(at >= part->first && at < part->end);
    merkle_add(&gather->merkle, leaf);
    if (at + 1 == part->end) {
        merkle_root(&gather->merkle, &gather->path.hashes[part->place]);
        merkle_begin(&gather->merkle);
        gather->part++;
    }
}

bool merkle_gather_is_done(const struct merkle_gather *gather) {
    return gather->next == gather->size;
}

#include "prove/tree_paths.h"

#include <stdlib.h>

void tree_paths_begin(struct tree_paths *paths) {
    *paths = (struct tree_paths){.count = 0};
    merkle_begin(&paths->merkle);
}

void tree_paths_free(struct tree_paths *paths) {
    free(paths->wanted);
    *paths = (struct tree_paths){.count = 0};
}

static bool want(struct tree_paths *paths, uint64_t index) {
    if (paths->count == paths->max) {
        size_t max = paths->max == 0 ? 4 : 2 * paths->max;
        struct tree_path *more = reallocarray(paths->wanted, max, sizeof *more);
        if (more == NULL) {
            return false;
        }
        paths->wanted = more;
        paths->max = max;
    }
    struct tree_path *wanted = &paths->wanted[paths->count++];
    wanted->index = index;
    wanted->path.length = 0;
    return true;
}

// Two trees become one: `left` has the leaves from `first` on, `right` those from `middle` on, the last ones.
// What is wanted of one has the other in its path.
static void join(struct tree_paths *paths, uint64_t first, uint64_t middle, const struct hash *left,
                 const struct hash *right) {
    for (size_t i = paths->count; i > 0 && paths->wanted[i - 1].index >= first; i--) {
        struct merkle_path *path = &paths->wanted[i - 1].path;
        path->hashes[path->length++] = paths->wanted[i - 1].index >= middle ? *left : *right;
    }
}

bool tree_paths_add(struct tree_paths *paths, const struct hash *leaf, bool is_wanted) {
    struct merkle *merkle = &paths->merkle;
    struct hash node = *leaf;
    uint64_t first = merkle->count;
    unsigned level = 0;
    if (is_wanted && !want(paths, first)) {
        return false;
    }
    for (; (merkle->count >> level & 1) != 0; level++) {
        uint64_t middle = first;
        first -= UINT64_C(1) << level;
        join(paths, first, middle, &merkle->roots[level], &node);
        merkle_node(&merkle->roots[level], &node, &node);
    }
    merkle->roots[level] = node;
    merkle->count++;
    return true;
}

void tree_paths_end(struct tree_paths *paths, struct hash *root) {
    const struct merkle *merkle = &paths->merkle;
    struct hash node;
    uint64_t middle = merkle->count;
    bool has_any = false;
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++) {
        if ((merkle->count >> level & 1) == 0) {
            continue;
        }
        uint64_t first = middle - (UINT64_C(1) << level);
        if (has_any) {
            join(paths, first, middle, &merkle->roots[level], &node);
            merkle_node(&merkle->roots[level], &node, &node);
        } else {
            node = merkle->roots[level];
            has_any = true;
        }
        middle = first;
    }
    if (!has_any) {
        merkle_empty(&node);
    }
    *root = node;
}

static int compare(const void *key, const void *element) {
    uint64_t index = *(const uint64_t *)key, other = ((const struct tree_path *)element)->index;
    return (index > other) - (index < other);
}

const struct merkle_path *tree_paths_find(const struct tree_paths *paths, uint64_t index) {
    const struct tree_path *found =
        paths->count == 0 ? NULL
                          : bsearch(&index, paths->wanted, paths->count, sizeof *paths->wanted, compare);
    return found == NULL ? NULL : &found->path;
}

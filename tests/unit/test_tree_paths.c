// Of the leaves of a tree that come in order, every one that is wanted gets its path.
#include "cmocka_all.h"

#include "prove/tree_paths.h"

#include <stdlib.h>
#include <string.h>

enum { EACH_MAX = 300, LARGE_MAX = 2000 };

static struct hash leaf_of(uint64_t index) {
    struct hash leaf;
    merkle_leaf(&index, sizeof index, &leaf);
    return leaf;
}

static bool is_every_third(uint64_t index) {
    return index % 3 == 1;
}

static bool is_any(uint64_t index) {
    (void)index;
    return true;
}

static void check_tree(uint64_t size, bool (*is_wanted)(uint64_t index)) {
    struct tree_paths paths;
    struct hash root, plain, reached;
    struct merkle merkle;
    tree_paths_begin(&paths);
    merkle_begin(&merkle);
    for (uint64_t i = 0; i < size; i++) {
        struct hash leaf = leaf_of(i);
        merkle_add(&merkle, &leaf);
        assert_true(tree_paths_add(&paths, &leaf, is_wanted(i)));
    }
    tree_paths_end(&paths, &root);
    merkle_root(&merkle, &plain);
    assert_true(hash_equal(&root, &plain));
    for (uint64_t i = 0; i < size; i++) {
        const struct merkle_path *path = tree_paths_find(&paths, i);
        struct hash leaf = leaf_of(i);
        assert_int_equal(path != NULL, is_wanted(i));
        assert_true(path == NULL ||
                    (merkle_path_root(path, i, size, &leaf, &reached) && hash_equal(&reached, &root)));
    }
    assert_null(tree_paths_find(&paths, size));
    tree_paths_free(&paths);
}

static void trees_of_every_size(void **state) {
    (void)state;
    const char *sizes = getenv("QUINIELA_SIZES"); // "all": the large ones, too
    uint64_t last = sizes != NULL && strcmp(sizes, "all") == 0 ? LARGE_MAX : EACH_MAX;
    for (uint64_t size = 0; size <= last; size++) {
        check_tree(size, is_any);
    }
}

static void large_trees(void **state) {
    (void)state;
    static const uint64_t sizes[] = {511, 512, 513, 1000, 1023, 1024, 1025, 1999, LARGE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_tree(sizes[i], is_any);
        check_tree(sizes[i], is_every_third);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_of_every_size),
        cmocka_unit_test(large_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// A tree has RFC 6962's root, and only its own paths lead there.
#include "cmocka_all.h"

#include "base/random.h"
#include "seal/encoding.h"
#include "seal/merkle_run.h"
#include "seal/merkle_tree.h"

#include <stdio.h>
#include <stdlib.h>

enum { SMALL_MAX = 130 };

static struct hash leaves[SMALL_MAX];

static int begin(void **state) {
    (void)state;
    for (uint32_t i = 0; i < SMALL_MAX; i++) {
        merkle_leaf(&i, sizeof i, &leaves[i]);
    }
    return 0;
}

// Word for word as RFC 6962 has it. ------------------------------------------------------------------------

static size_t left_of(size_t size) {
    size_t left = 1;
    while (2 * left < size) {
        left *= 2;
    }
    return left;
}

static struct hash mth(const struct hash *of, size_t size) {
    struct hash hash;
    if (size == 0) {
        merkle_empty(&hash);
        return hash;
    }
    if (size == 1) {
        return of[0];
    }
    size_t left = left_of(size);
    struct hash one = mth(of, left), other = mth(of + left, size - left);
    merkle_node(&one, &other, &hash);
    return hash;
}

static void path(size_t index, const struct hash *of, size_t size, struct merkle_path *made) {
    if (size <= 1) {
        return;
    }
    size_t left = left_of(size);
    if (index < left) {
        path(index, of, left, made);
        made->hashes[made->length++] = mth(of + left, size - left);
    } else {
        path(index - left, of + left, size - left, made);
        made->hashes[made->length++] = mth(of, left);
    }
}

static bool same_path(const struct merkle_path *one, const struct merkle_path *other) {
    return one->length == other->length && memcmp(one->hashes, other->hashes, one->length * HASH_BYTES) == 0;
}

// ----------------------------------------------------------------------------------------------------------

static void published_vectors(void **state) {
    (void)state;
    static const struct {
        const char *entry, *root;
    } cases[] = {
        {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"606162636465666768696a6b6c6d6e6f",
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct merkle merkle;
    struct hash root, leaf;
    char hex[HEX_TEXT_BYTES(HASH_BYTES)];
    merkle_begin(&merkle);
    merkle_root(&merkle, &root);
    hex_encode(root.bytes, HASH_BYTES, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t entry[16];
        size_t length = strlen(cases[i].entry) / 2;
        assert_true(hex_decode_exactly(slice_of(cases[i].entry), entry, length));
        merkle_leaf(entry, length, &leaf);
        merkle_add(&merkle, &leaf);
        merkle_root(&merkle, &root);
        hex_encode(root.bytes, HASH_BYTES, hex);
        assert_string_equal(hex, cases[i].root);
    }
}

static void hmac_has_the_published_values(void **state) {
    (void)state;
    // RFC 4231, cases 1, 2 and 6 (a key that is longer than a block).
    static const struct {
        uint8_t byte;
        size_t length;
        const char *key, *message, *hash;
    } cases[] = {
        {0x0b, 20, NULL, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {0, 4, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < 3; i++) {
        char bytes[131], hex[HEX_TEXT_BYTES(HASH_BYTES)];
        struct hmac_key key;
        struct hash hash;
        memset(bytes, cases[i].byte, sizeof bytes);
        hmac_key_set(&key, cases[i].key != NULL ? cases[i].key : bytes, cases[i].length);
        for (size_t cut = 0; cut <= strlen(cases[i].message); cut++) {
            hmac_of(&key, cases[i].message, cut, cases[i].message + cut, strlen(cases[i].message) - cut,
                    &hash);
            hex_encode(hash.bytes, HASH_BYTES, hex);
            assert_string_equal(hex, cases[i].hash);
        }
    }
}

static void short_messages_have_the_hash_of_long_ones(void **state) {
    (void)state;
    char bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 7 + 1);
    }
    struct hmac_key key;
    hmac_key_set(&key, bytes, 40);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        struct hash whole, pieces;
        struct hasher hasher;
        hash_of(bytes, length, &whole);
        hasher_begin(&hasher);
        hasher_add(&hasher, bytes, length / 3);
        hasher_add(&hasher, bytes + length / 3, length - length / 3);
        hasher_end(&hasher, &pieces);
        assert_true(hash_equal(&whole, &pieces));
        hmac_of(&key, bytes, length, NULL, 0, &whole);
        hmac_of(&key, bytes, length / 3, bytes + length / 3, length - length / 3, &pieces);
        assert_true(hash_equal(&whole, &pieces));
    }
}

// Messages of several lengths side by side, padded by hand, from the beginning and after a key's block.
static void messages_side_by_side_have_their_own_hashes(void **state) {
    (void)state;
    enum { LENGTH_MAX = 300, ROOM = LENGTH_MAX + 2 * HASH_BLOCK_BYTES };
    static uint8_t bytes[HASHES_TOGETHER][ROOM];
    struct hmac_key key;
    hmac_key_set(&key, "key", 3);
    for (size_t length = 0; length <= LENGTH_MAX; length++) {
        size_t together = 1 + length % HASHES_TOGETHER, lengths[HASHES_TOGETHER];
        struct hash_message plain[HASHES_TOGETHER];
        struct hash hashes[HASHES_TOGETHER], inner[HASHES_TOGETHER], hash, outer;
        for (size_t i = 0; i < together; i++) {
            lengths[i] = (length + 40 * i) % (LENGTH_MAX + 1);
            memset(bytes[i], (int)(length + i), sizeof bytes[i]);
            plain[i] = (struct hash_message){bytes[i], hash_pad(bytes[i], lengths[i], 0)};
        }
        hash_of_each(HASH_BEGUN, plain, together, hashes);
        for (size_t i = 0; i < together; i++) {
            hash_of(bytes[i], lengths[i], &hash);
            assert_true(hash_equal(&hash, &hashes[i]));
            hash_of_blocks(HASH_BEGUN, bytes[i], plain[i].count, &hash);
            assert_true(hash_equal(&hash, &hashes[i]));
            plain[i].count = hash_pad(bytes[i], lengths[i], HASH_BLOCK_BYTES);
        }
        hash_of_each(&key.inner, plain, together, inner);
        for (size_t i = 0; i < together; i++) {
            uint8_t last[HASH_BLOCK_BYTES];
            memcpy(last, inner[i].bytes, HASH_BYTES);
            hash_pad(last, HASH_BYTES, HASH_BLOCK_BYTES);
            hash_of_blocks(&key.outer, last, 1, &outer);
            hmac_of(&key, bytes[i], lengths[i], NULL, 0, &hash);
            assert_true(hash_equal(&hash, &outer));
        }
    }
}

static void nodes_side_by_side_are_those_one_by_one(void **state) {
    (void)state;
    for (size_t count = 0; count <= HASHES_TOGETHER; count++) {
        struct hash nodes[2 * HASHES_TOGETHER], node;
        memcpy(nodes, leaves, sizeof nodes);
        merkle_nodes(nodes, count, nodes);
        for (size_t i = 0; i < count; i++) {
            merkle_node(&leaves[2 * i], &leaves[2 * i + 1], &node);
            assert_true(hash_equal(&node, &nodes[i]));
        }
    }
}

// A tree that is cut anywhere into three runs, whose leaves come in bites of any size.
static void runs_that_begin_anywhere_give_the_same_root(void **state) {
    (void)state;
    for (size_t size = 1; size <= SMALL_MAX; size += 3) {
        struct hash expected = mth(leaves, size);
        for (size_t first = 0; first < size; first++) {
            size_t end = first + (size - first) * (first % 5) / 5, cuts[] = {0, first, end, size};
            struct merkle merkle;
            struct hash root, bite[SMALL_MAX];
            merkle_begin(&merkle);
            for (int i = 0; i < 3; i++) {
                struct merkle_part parts[2 * MERKLE_LEVELS_MAX];
                struct merkle_run run;
                merkle_run_begin(&run, cuts[i], parts);
                for (size_t at = cuts[i], count; at < cuts[i + 1]; at += count) {
                    count =
                        first % 2 == 0 ? HASHES_TOGETHER - at % HASHES_TOGETHER : 1 + size % HASHES_TOGETHER;
                    count = count < cuts[i + 1] - at ? count : cuts[i + 1] - at;
                    memcpy(bite, leaves + at, count * sizeof *bite);
                    merkle_run_add(&run, bite, count);
                }
                assert_true(run.count <= merkle_run_parts_max(cuts[i + 1] - cuts[i]));
                for (size_t part = 0; part < run.count; part++) {
                    merkle_add_whole(&merkle, &parts[part].root, parts[part].level);
                }
            }
            merkle_root(&merkle, &root);
            assert_true(hash_equal(&root, &expected));
        }
    }
}

static void roots_of_every_size(void **state) {
    (void)state;
    struct merkle merkle;
    struct merkle_tree tree;
    merkle_begin(&merkle);
    merkle_tree_begin(&tree);
    for (size_t size = 0; size < SMALL_MAX; size++) {
        struct hash root, other, wanted = mth(leaves, size);
        merkle_root(&merkle, &root);
        merkle_tree_root(&tree, size, &other);
        assert_true(hash_equal(&root, &wanted) && hash_equal(&other, &wanted));
        merkle_add(&merkle, &leaves[size]);
        assert_true(merkle_tree_add(&tree, &leaves[size]));
    }
    for (size_t size = 0; size < SMALL_MAX; size++) { // of what is in it, each beginning
        struct hash root, wanted = mth(leaves, size);
        merkle_tree_root(&tree, size, &root);
        assert_true(hash_equal(&root, &wanted));
    }
    merkle_tree_free(&tree);
}

static void whole_parts_give_the_same_root(void **state) {
    (void)state;
    for (unsigned level = 0; level < 7; level++) {
        size_t part = (size_t)1 << level;
        for (size_t size = 0; size < SMALL_MAX; size++) {
            struct merkle merkle;
            struct hash root, wanted = mth(leaves, size);
            merkle_begin(&merkle);
            size_t at = 0;
            for (; at + part <= size; at += part) {
                root = mth(leaves + at, part);
                merkle_add_whole(&merkle, &root, level);
            }
            for (; at < size; at++) {
                merkle_add(&merkle, &leaves[at]);
            }
            merkle_root(&merkle, &root);
            assert_true(hash_equal(&root, &wanted));
        }
    }
}

static void expect_path(const struct merkle_tree *tree, size_t index, size_t size) {
    struct merkle_path wanted = {0}, made;
    struct hash root, top = mth(leaves, size);
    path(index, leaves, size, &wanted);
    merkle_tree_path(tree, index, size, &made);
    assert_true(same_path(&made, &wanted));
    assert_int_equal(merkle_path_length(index, size), wanted.length);
    assert_true(merkle_path_root(&made, index, size, &leaves[index], &root) && hash_equal(&root, &top));
}

// Whether the path leads to this root.
static bool leads(const struct merkle_path *made, uint64_t index, uint64_t size, const struct hash *leaf,
                  const struct hash *top) {
    struct hash root;
    return merkle_path_root(made, index, size, leaf, &root) && hash_equal(&root, top);
}

// Other places, sizes, leaves, lengths and orders.
static void expect_forgeries_refused(size_t index, size_t size) {
    struct merkle_path made = {0};
    struct hash top = mth(leaves, size), root;
    path(index, leaves, size, &made);
    for (size_t other = 0; other < size + 2; other++) {
        assert_int_equal(leads(&made, other, size, &leaves[index], &top), other == index);
        assert_true(other == index || other >= size || !leads(&made, index, size, &leaves[other], &top));
    }
    assert_false(leads(&made, index, 0, &leaves[index], &top));
    made.length++;
    assert_false(merkle_path_root(&made, index, size, &leaves[index], &root)); // whatever its root is
    made.length -= 2;
    assert_false(made.length < MERKLE_LEVELS_MAX &&
                 merkle_path_root(&made, index, size, &leaves[index], &root));
    made.length++;
    for (size_t i = 0; i + 1 < made.length; i++) {
        struct hash held = made.hashes[i];
        made.hashes[i] = made.hashes[i + 1];
        made.hashes[i + 1] = held;
        assert_false(leads(&made, index, size, &leaves[index], &top));
        made.hashes[i + 1] = made.hashes[i];
        made.hashes[i] = held;
    }
}

static void paths_of_every_place(void **state) {
    (void)state;
    struct merkle_tree tree;
    merkle_tree_begin(&tree);
    for (size_t size = 1; size < SMALL_MAX; size++) {
        assert_true(merkle_tree_add(&tree, &leaves[size - 1]));
        for (size_t index = 0; index < size; index++) {
            expect_path(&tree, index, size);
            if (size < 40) {
                expect_forgeries_refused(index, size);
            }
        }
    }
    merkle_tree_free(&tree);
}

// Sizes and places at the ends of what 64 bits hold.
static void enormous_trees(void **state) {
    (void)state;
    static struct merkle_path long_path;
    struct hash root;
    uint64_t random = 7;
    long_path.length = MERKLE_LEVELS_MAX;
    assert_int_equal(merkle_path_length(0, UINT64_MAX), 64);
    assert_int_equal(merkle_path_length(UINT64_MAX - 1, UINT64_MAX), 63);
    assert_true(merkle_path_root(&long_path, 0, UINT64_MAX, &leaves[0], &root));
    assert_false(merkle_path_root(&long_path, UINT64_MAX, UINT64_MAX, &leaves[0], &root));
    assert_false(merkle_path_root(&long_path, 0, 0, &leaves[0], &root));
    for (int i = 0; i < 20000; i++) {
        uint64_t size = random_next(&random) >> (random_next(&random) % 64), index = random_next(&random);
        if (size > 0) {
            index %= size;
            long_path.length = merkle_path_length(index, size);
            assert_true(long_path.length <= MERKLE_LEVELS_MAX);
            assert_true(merkle_path_root(&long_path, index, size, &leaves[0], &root));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(hmac_has_the_published_values),
        cmocka_unit_test(short_messages_have_the_hash_of_long_ones),
        cmocka_unit_test(messages_side_by_side_have_their_own_hashes),
        cmocka_unit_test(nodes_side_by_side_are_those_one_by_one),
        cmocka_unit_test(roots_of_every_size),
        cmocka_unit_test(runs_that_begin_anywhere_give_the_same_root),
        cmocka_unit_test(whole_parts_give_the_same_root),
        cmocka_unit_test(paths_of_every_place),
        cmocka_unit_test(enormous_trees),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}

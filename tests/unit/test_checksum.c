// The checksum has the published values of FNV-1a, and no flipped bit keeps it as it was.
#include "cmocka_all.h"

#include "base/checksum.h"

static void it_is_fnv_1a(void **state) {
    (void)state;
    assert_true(checksum_bytes(CHECKSUM_EMPTY, "", 0) == UINT64_C(0xcbf29ce484222325));
    assert_true(checksum_bytes(CHECKSUM_EMPTY, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(checksum_bytes(CHECKSUM_EMPTY, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    assert_true(checksum_bytes(checksum_bytes(CHECKSUM_EMPTY, "foo", 3), "bar", 3) ==
                UINT64_C(0x85944171f73967e8));
    assert_true(checksum_number(CHECKSUM_EMPTY, UINT64_C(0x0807060504030201)) ==
                checksum_bytes(CHECKSUM_EMPTY, "\1\2\3\4\5\6\7\10", 8));
    assert_true(checksum_text(CHECKSUM_EMPTY, "ab") == checksum_bytes(CHECKSUM_EMPTY, "ab", 3));
}

static void texts_do_not_run_into_one_another(void **state) {
    (void)state;
    assert_true(checksum_text(checksum_text(CHECKSUM_EMPTY, "ab"), "c") !=
                checksum_text(checksum_text(CHECKSUM_EMPTY, "a"), "bc"));
}

static void every_flipped_bit_changes_it(void **state) {
    (void)state;
    uint8_t bytes[64] = {1, 2, 3};
    uint64_t right = checksum_bytes(CHECKSUM_EMPTY, bytes, sizeof bytes);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(checksum_bytes(CHECKSUM_EMPTY, bytes, sizeof bytes) != right);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_fnv_1a),
        cmocka_unit_test(texts_do_not_run_into_one_another),
        cmocka_unit_test(every_flipped_bit_changes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

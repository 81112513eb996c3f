// A public key of a small order, or in another spelling than its own, is none.
#include "cmocka_all.h"

#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/vkey.h"

// Takes it, as the text of a key, of each type.
static bool is_taken(const uint8_t public_key[PUBLIC_KEY_BYTES], struct error *error) {
    static const enum vkey_type types[] = {VKEY_ED25519, VKEY_COSIGNATURE};
    bool taken[2];
    for (int i = 0; i < 2; i++) {
        struct vkey key, read;
        char text[VKEY_TEXT_BYTES];
        vkey_make(slice_of("witness.example/w"), types[i], public_key, &key);
        vkey_format(&key, text);
        taken[i] = vkey_parse(slice_of(text), &read, error);
        assert_true(taken[i] ? vkey_equal(&key, &read) : error->code == ERROR_BAD_FORM);
    }
    assert_true(taken[0] == taken[1]);
    return taken[0];
}

static void assert_refused(const uint8_t public_key[PUBLIC_KEY_BYTES], const char *why) {
    struct error error;
    assert_false(is_taken(public_key, &error));
    assert_string_equal(error.text, why);
}

static void assert_taken(const uint8_t public_key[PUBLIC_KEY_BYTES]) {
    struct error error;
    assert_true(is_taken(public_key, &error));
}

// The eight points of the curve whose order divides 8, and two spellings of a point with x = 0 and a sign.
static const char *const small_orders[] = {
    "0100000000000000000000000000000000000000000000000000000000000000", // order 1
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000", // order 4
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
};

static void small_orders_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof small_orders / sizeof *small_orders; i++) {
        uint8_t key[PUBLIC_KEY_BYTES];
        assert_true(hex_decode_exactly(slice_of(small_orders[i]), key, sizeof key));
        assert_refused(key, "the key has a public key of a small order, for which anybody can sign");
        for (int bit = 0; bit < 8 * PUBLIC_KEY_BYTES - 1; bit++) { // of y, not of the sign
            uint8_t other[PUBLIC_KEY_BYTES];
            memcpy(other, key, sizeof other);
            other[bit / 8] ^= (uint8_t)(1 << bit % 8);
            bool is_small = other[0] <= 1 && key[0] <= 1 && bit == 0; // 0 is 1, and 1 is 0
            bool is_high = key[0] == 0xec && other[0] > key[0] && bit < 8;
            if (!is_small && !is_high) {
                assert_taken(other);
            }
        }
    }
}

// y is 2^255 - 19 to 2^255 - 1: what is meant is 0 to 18.
static void other_spellings_are_refused(void **state) {
    static const char why[] = "the key has a public key that is not written as Ed25519 writes it";
    (void)state;
    uint8_t key[PUBLIC_KEY_BYTES];
    for (int sign = 0; sign < 2; sign++) {
        memset(key, 0xff, sizeof key);
        key[PUBLIC_KEY_BYTES - 1] = sign == 0 ? 0x7f : 0xff;
        for (int low = 0xed; low <= 0xff; low++) {
            key[0] = (uint8_t)low;
            assert_refused(key, why);
            for (int byte = 1; byte < PUBLIC_KEY_BYTES;
                 byte++) { // any other y with this byte is below the prime
                key[byte] ^= 0x10;
                assert_taken(key);
                key[byte] ^= 0x10;
            }
        }
        key[0] = 0xeb;
        assert_taken(key);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_orders_are_refused),
        cmocka_unit_test(other_spellings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

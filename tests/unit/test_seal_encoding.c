// A value has one text, and every other one is refused.
#include "cmocka_all.h"

#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/instant.h"
#include "seal/origin.h"

#include <stdlib.h>

enum { BYTES_MAX = 64 };

typedef size_t encode(const void *bytes, size_t length, char *text);
typedef bool decode(struct slice text, void *bytes, size_t max, size_t *length);

static bool decode_hex(struct slice text, void *bytes, size_t max, size_t *length) {
    *length = text.length / 2;
    return *length <= max && hex_decode_exactly(text, bytes, *length);
}

static const struct {
    const char *name;
    encode *encode;
    decode *decode;
} encodings[] = {{"base64", base64_encode, base64_decode},
                 {"base32", base32_encode, base32_decode},
                 {"hex", hex_encode, decode_hex}};

static void published_vectors(void **state) {
    (void)state;
    // RFC 4648, section 10.
    static const char *const bytes[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const base64[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    static const char *const base32[] = {"", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"};
    static const char *const hex[] = {"", "66", "666f", "666f6f", "666f6f62", "666f6f6261", "666f6f626172"};
    for (size_t i = 0; i < 7; i++) {
        char text[32];
        assert_int_equal(base64_encode(bytes[i], i, text), strlen(base64[i]));
        assert_string_equal(text, base64[i]);
        assert_int_equal(base32_encode(bytes[i], i, text), strlen(base32[i]));
        assert_string_equal(text, base32[i]);
        assert_int_equal(hex_encode(bytes[i], i, text), strlen(hex[i]));
        assert_string_equal(text, hex[i]);
    }
}

// What is taken is the text that its bytes have.
static void expect_strict(size_t which, struct slice text) {
    uint8_t bytes[BYTES_MAX];
    char again[4 * BYTES_MAX];
    size_t length;
    if (encodings[which].decode(text, bytes, sizeof bytes, &length)) {
        size_t written = encodings[which].encode(bytes, length, again);
        if (written != text.length || memcmp(again, text.text, written) != 0) {
            fail_msg("%s: \"%.*s\" was taken for \"%s\"", encodings[which].name, (int)text.length, text.text,
                     again);
        }
    }
}

static void what_is_written_is_read(void **state) {
    (void)state;
    for (size_t which = 0; which < 3; which++) {
        for (size_t length = 0; length <= 40; length++) {
            uint8_t bytes[40], read[40];
            char text[128];
            size_t count;
            for (size_t i = 0; i < length; i++) {
                bytes[i] = (uint8_t)(i * 37 + length * 11 + 200);
            }
            struct slice written = {text, encodings[which].encode(bytes, length, text)};
            assert_true(encodings[which].decode(written, read, sizeof read, &count));
            assert_int_equal(count, length);
            assert_true(length == 0 || memcmp(read, bytes, length) == 0);
            assert_true(length == 0 || !encodings[which].decode(written, read, length - 1, &count));
        }
    }
}

// Each byte of a text is every byte once; and texts of few different characters are tried at random.
static void no_other_text_is_read(void **state) {
    (void)state;
    static const char characters[] = "AB/+=Z27agf09\n \0-_";
    for (size_t which = 0; which < 3; which++) {
        for (size_t length = 1; length <= 12; length++) {
            static const uint8_t bytes[12] = {0xFB, 0xF0, 0x00, 0x10, 0x83, 0xFF,
                                              0x01, 0x80, 0x7F, 0x3E, 0xAA, 0x55};
            char text[64];
            size_t written = encodings[which].encode(bytes, length, text);
            for (size_t at = 0; at < written; at++) {
                char held = text[at];
                for (int value = 0; value < 256; value++) {
                    text[at] = (char)value;
                    expect_strict(which, (struct slice){text, written});
                }
                text[at] = held;
            }
            for (size_t shorter = 0; shorter <= written + 1; shorter++) {
                expect_strict(which, (struct slice){text, shorter});
            }
        }
        uint32_t random = 1;
        for (int i = 0; i < 200000; i++) {
            char text[16];
            size_t length = (random >> 8) % 13;
            for (size_t at = 0; at < length; at++) {
                random = random * 1664525 + 1013904223;
                text[at] = characters[(random >> 16) % (sizeof characters - 1)];
            }
            random = random * 1664525 + 1013904223;
            expect_strict(which, (struct slice){text, length});
        }
    }
}

static void lenient_texts(void **state) {
    (void)state;
    static const char *const bad64[] = {
        "Zg",   "Zg=",    "Zh==",  "Zm9=",  "Zg===",    "Zm9v=", "Zm9v==", "=",    "====",
        "Z===", "Zg==\n", " Zg==", "Zg= =", "Zg==Zg==", "Zm-v",  "Zm_v",   "Z g=="};
    static const char *const bad32[] = {"M", "MZ======", "my", "MYY", "MZX", "M1", "M8", "MZXW6YT"};
    static const char *const bad_hex[] = {"6", "6F", "6f6", "0x66", "6g", " 6"};
    uint8_t bytes[16];
    size_t length;
    for (size_t i = 0; i < sizeof bad64 / sizeof bad64[0]; i++) {
        assert_false(base64_decode(slice_of(bad64[i]), bytes, sizeof bytes, &length));
    }
    for (size_t i = 0; i < sizeof bad32 / sizeof bad32[0]; i++) {
        if (base32_decode(slice_of(bad32[i]), bytes, sizeof bytes, &length)) {
            fail_msg("taken: %s", bad32[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad_hex / sizeof bad_hex[0]; i++) {
        assert_false(hex_decode_exactly(slice_of(bad_hex[i]), bytes, strlen(bad_hex[i]) / 2));
    }
    assert_true(hex_decode_either_case(slice_of("6Fa0"), bytes, 2, &length));
    assert_int_equal(length, 2);
    assert_false(hex_decode_either_case(slice_of("6Fa0"), bytes, 1, &length));
    assert_false(hex_decode_either_case(slice_of("6Fa"), bytes, 2, &length));
    assert_false(hex_decode_either_case(slice_of("6Gaa"), bytes, 2, &length));
}

static void decimal_numbers(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "00",
                                      "01",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x1",
                                      "1e3",
                                      "18446744073709551616",
                                      "99999999999999999999",
                                      "１"};
    char text[DECIMAL_TEXT_BYTES];
    uint64_t value;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(decimal_parse(slice_of(bad[i]), UINT64_MAX, &value));
    }
    assert_true(decimal_parse(slice_of("18446744073709551615"), UINT64_MAX, &value));
    assert_int_equal(value, UINT64_MAX);
    assert_int_equal(decimal_format(UINT64_MAX, text), 20);
    assert_string_equal(text, "18446744073709551615");
    assert_true(decimal_parse(slice_of("0"), 0, &value));
    assert_int_equal(value, 0);
    assert_false(decimal_parse(slice_of("1"), 0, &value));
    for (uint64_t max = 9; max < 1200; max++) {
        for (uint64_t number = 0; number < 1300; number += 7) {
            struct slice digits = {text, decimal_format(number, text)};
            assert_int_equal(decimal_parse(digits, max, &value), number <= max);
        }
    }
}

static void moments(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t seconds;
    } good[] = {{"1970-01-01T00:00:00Z", 0},
                {"2026-11-25T21:00:00Z", 1795640400},
                {"2000-02-29T23:59:59Z", 951868799},
                {"9999-12-31T23:59:59Z", INSTANT_MAX}};
    static const char *const bad[] = {"2026-11-25T21:00:00",
                                      "2026-11-25 21:00:00Z",
                                      "2026-11-25T21:00:00z",
                                      "2026-11-25T21:00Z",
                                      "2026-11-25T24:00:00Z",
                                      "2026-11-25T21:60:00Z",
                                      "2026-11-25T21:00:60Z",
                                      "2026-11-31T21:00:00Z",
                                      "2026-13-01T21:00:00Z",
                                      "2026-00-01T21:00:00Z",
                                      "2026-01-00T21:00:00Z",
                                      "2025-02-29T21:00:00Z",
                                      "1969-12-31T23:59:59Z",
                                      "0000-01-01T00:00:00Z",
                                      "2026-11-25T21:00:00.000Z",
                                      "2026-11-25T21:00:00+00:00",
                                      "",
                                      "-026-11-25T21:00:00Z",
                                      "2026-11-25T2a:00:00Z"};
    char text[INSTANT_TEXT_BYTES];
    uint64_t seconds;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(instant_parse(slice_of(good[i].text), &seconds));
        assert_int_equal(seconds, good[i].seconds);
        assert_int_equal(instant_format(seconds, text), 20);
        assert_string_equal(text, good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (instant_parse(slice_of(bad[i]), &seconds)) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    for (seconds = 0; seconds < INSTANT_MAX; seconds += 86399 * 977) {
        uint64_t again;
        struct slice written = {text, instant_format(seconds, text)};
        assert_true(instant_parse(written, &again));
        assert_int_equal(again, seconds);
    }
}

static void names(void **state) {
    (void)state;
    static const char *const good[] = {"a/b", "lottery.example/central/2026-11-25", "a.b-c/D_e.f/1", "a/..",
                                       "-/-"};
    static const char *const bad[] = {"",      "a",       "a/",    "/a",    "a//b",
                                      "A/b",   "a/b/",    "a b/c", "a/b c", "a_b/c",
                                      "a/b+c", "ñ/a",     "a/ñ",   "a/b\n", "quiniela rules v1",
                                      "a/b:c", "a/b/\x7f"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(origin_is_valid(slice_of(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (origin_is_valid(slice_of(bad[i]))) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    char text[200];
    memset(text, 'a', sizeof text);
    for (size_t name = 99; name <= 101; name++) {
        for (size_t draw = 63; draw <= 65; draw++) {
            text[name] = '/';
            assert_int_equal(origin_is_valid((struct slice){text, name + 1 + draw}),
                             name <= 100 && draw <= 64);
            text[name] = 'a';
        }
    }
    struct slice origin = slice_of("a.b/c/D");
    assert_true(slice_is(origin_name(origin), "a.b/c") && slice_is(origin_draw(origin), "D"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(no_other_text_is_read),
        cmocka_unit_test(lenient_texts),
        cmocka_unit_test(decimal_numbers),
        cmocka_unit_test(moments),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Every character of UTF-8 is taken, and every kind of bytes that are none is refused.
// The bytes lie at the end of their memory, so that reading behind them is found by AddressSanitizer.
#include "cmocka_all.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static size_t encode(uint32_t character, char bytes[4]) {
    size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, character >>= 6) {
        bytes[i] = (char)(0x80 | (character & 0x3f));
    }
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    bytes[0] = (char)(leads[size] | character);
    return size;
}

static void every_character(void **state) {
    (void)state;
    for (uint32_t character = 0; character <= 0x110000; character++) {
        bool is_one = (character < 0xd800 || character > 0xdfff) && character <= 0x10ffff;
        char bytes[4] = {0};
        uint32_t read = 0xffffffff;
        size_t size = encode(character, bytes);
        size_t taken = utf8_character(bytes, size, &read);
        if (taken != (is_one ? size : 0) || (is_one && read != character)) {
            fail_msg("U+%04X: %zu bytes, U+%04X", character, taken, read);
        }
    }
}

// How many of all three bytes there are begin with a character of three.
static void nothing_else_is_a_character_of_three_bytes(void **state) {
    (void)state;
    unsigned count = 0;
    for (uint32_t all = 0; all < 1U << 24; all++) {
        char bytes[3] = {(char)(all >> 16), (char)(all >> 8), (char)all};
        uint32_t character;
        count += utf8_character(bytes, 3, &character) == 3;
    }
    assert_int_equal(count, 0x10000 - 0x800 - 0x800); // less the shorter ones, and the surrogates
}

static void bytes_that_are_no_character(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "\x80",             // begins with a further byte
        "\xbf\xbf",         //
        "\xc0\x80",         // overlong
        "\xc1\xbf",         //
        "\xe0\x9f\xbf",     //
        "\xf0\x8f\xbf\xbf", //
        "\xed\xa0\x80",     // surrogates
        "\xed\xbf\xbf",     //
        "\xf4\x90\x80\x80", // above U+10FFFF
        "\xf5\x80\x80\x80", //
        "\xf8\x88\x80\x80", // bytes that never occur
        "\xff",             //
        "\xc3",             // cut off
        "\xe2\x82",         //
        "\xf0\x9f\x8e",     //
        "\xc3\xc3",         // a further byte is missing
        "\xe2\x82\x41",     //
        "\xf0\x9f\x8e\xc2", //
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t length = strlen(texts[i]);
        char *bytes = malloc(length + (length == 0));
        uint32_t character;
        memcpy(bytes, texts[i], length);
        if (utf8_character(bytes, length, &character) != 0) {
            fail_msg("taken: case %zu", i);
        }
        free(bytes);
    }
}

static void only_the_first_character_is_looked_at(void **state) {
    (void)state;
    uint32_t character = 0;
    assert_int_equal(utf8_character("\xc3\xb1\xff", 3, &character), 2);
    assert_int_equal(character, 0xf1);
    assert_int_equal(utf8_character("A\xff", 2, &character), 1);
    assert_int_equal(character, 'A');
    assert_int_equal(utf8_character("\0", 1, &character), 1);
    assert_int_equal(character, 0);
}

static void a_cut_leaves_whole_characters(void **state) {
    (void)state;
    static const char text[] = "a\u00f3\u20ac\U0001f600"; // of 1, 2, 3 and 4 bytes
    static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    for (size_t length = 0; length < sizeof text; length++) {
        assert_int_equal(utf8_whole(text, length), whole[length]);
    }
    assert_int_equal(utf8_whole("\x80\x80\x80\x80", 4), 4); // what is no UTF-8 stays
    assert_int_equal(utf8_whole("a\xf3", 2), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character),
        cmocka_unit_test(nothing_else_is_a_character_of_three_bytes),
        cmocka_unit_test(bytes_that_are_no_character),
        cmocka_unit_test(only_the_first_character_is_looked_at),
        cmocka_unit_test(a_cut_leaves_whole_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

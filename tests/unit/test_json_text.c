// Strings are written as JSON has them, in as many bytes as was foreseen.
#include "cmocka_all.h"

#include "wire/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text, *written, *ascii;
    size_t length; // 0: up to its NUL
} cases[] = {
    {"", "\"\"", "\"\"", 0},
    {"Ana", "\"Ana\"", "\"Ana\"", 0},
    {"\"", "\"\\\"\"", "\"\\\"\"", 0},
    {"\\", "\"\\\\\"", "\"\\\\\"", 0},
    {"a\"b\\c", "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\"", 0},
    {"\0", "\"\\u0000\"", "\"\\u0000\"", 1},
    {"\x01\n\x1f", "\"\\u0001\\u000a\\u001f\"", "\"\\u0001\\u000a\\u001f\"", 0},
    {" !#[]/~", "\" !#[]/~\"", "\" !#[]/~\"", 0},
    {"\x7f", "\"\x7f\"", "\"\x7f\"", 0},
    {"\xc2\x80", "\"\xc2\x80\"", "\"\\u0080\"", 0},
    {"ñ", "\"ñ\"", "\"\\u00f1\"", 0},
    {"\u07ff\u0800", "\"\u07ff\u0800\"", "\"\\u07ff\\u0800\"", 0},
    {"\uabcd\uffff", "\"\uabcd\uffff\"", "\"\\uabcd\\uffff\"", 0},
    {"\U00010000", "\"\U00010000\"", "\"\\ud800\\udc00\"", 0},
    {"\U000103ff\U00010400", "\"\U000103ff\U00010400\"", "\"\\ud800\\udfff\\ud801\\udc00\"", 0},
    {"\U0001F3B0", "\"\U0001F3B0\"", "\"\\ud83c\\udfb0\"", 0},
    {"\U0010FFFF", "\"\U0010FFFF\"", "\"\\udbff\\udfff\"", 0},
    {"a\xff"
     "b\xc3",
     "\"a?b?\"", "\"a?b?\"", 0},
    {"\xed\xa0\x80", "\"???\"", "\"???\"", 0}, // a surrogate is no character
    {"ñ", "\"?\"", "\"?\"", 1},                // cut off
    {"\U0001F3B0", "\"???\"", "\"???\"", 3},
};

static void compare(size_t i, const char *which, size_t bytes, const char *out, const char *end,
                    const char *wanted) {
    size_t length = strlen(wanted);
    if ((size_t)(end - out) != length || memcmp(out, wanted, length) != 0) {
        fail_msg("case %zu %s: expected %s, it is %.*s", i, which, wanted, (int)(end - out), out);
    }
    if (bytes != length) {
        fail_msg("case %zu %s: %zu bytes were foreseen for %s", i, which, bytes, wanted);
    }
}

static void texts_are_escaped_and_their_bytes_foreseen(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[64];
        const char *text = cases[i].text;
        size_t length = cases[i].length != 0 ? cases[i].length : strlen(text);
        compare(i, "as it is", json_text_bytes(text, length), out, json_text_write(out, text, length),
                cases[i].written);
        compare(i, "in ASCII", json_ascii_bytes(text, length), out, json_ascii_write(out, text, length),
                cases[i].ascii);
    }
}

static void numbers_have_their_digits(void **state) {
    (void)state;
    static const uint64_t numbers[] = {0,       9,          10,         99,        100,       12345,
                                       1000000, 4294967295, 4294967296, INT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char out[JSON_NUMBER_BYTES_MAX + 1], expected[JSON_NUMBER_BYTES_MAX + 1];
        *json_number_write(out, numbers[i]) = '\0';
        sprintf(expected, "%" PRIu64, numbers[i]);
        assert_string_equal(out, expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped_and_their_bytes_foreseen),
        cmocka_unit_test(numbers_have_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

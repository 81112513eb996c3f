// A line that is no bet is told as what it looks like, any line at all as something, on one line.
#include "cmocka_all.h"

#include "agency/csv_diagnosis.h"
#include "agency/shown_text.h"
#include "bet/bet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void diagnose(uint64_t number, const char *text, size_t length, struct error *error) {
    struct csv_line line = {.path = "a.csv", .number = number, .text = text, .length = length};
    struct bet bet;
    struct error reason;
    if (bet_parse(text, length, &bet, &reason)) {
        error_set(&reason, ERROR_BAD_BET, "the line is too long for a bet");
    }
    assert_false(csv_diagnose(&line, &reason, error));
    assert_int_equal(error->code, ERROR_BAD_BET);
}

static void expect(uint64_t number, const char *text, const char *says) {
    struct error error;
    char expected[ERROR_TEXT_BYTES];
    diagnose(number, text, strlen(text), &error);
    snprintf(expected, sizeof expected, "a.csv:%d: %s", (int)number, says);
    assert_string_equal(error.text, expected);
}

// What may stand in a name is not blamed for what else is wrong.
static void a_name_is_no_sign(void **state) {
    (void)state;
    expect(1, "[Ana;b;c;d;e,Paz,1,2000-01-01,x", "numero: has other characters than digits: \"x\"");
    expect(1, "%PDF,Paz,1,2000-01-01,x", "numero: has other characters than digits: \"x\"");
    expect(2, "PK\x03\x04", "the bet has 1 field instead of 5: \"PK\\x03\\x04\""); // not where a file begins
    expect(2, "nombre,apellido,documento,nacimiento,numero",
           "nacimiento: is not of the form YYYY-MM-DD: \"nacimiento\"");
    expect(1, "Ana,Paz,1,2000-01-01,", "numero: is empty: \"\"");
    expect(1, "Ana,Paz,,,", "documento: is empty: \"\"");
    expect(1, " ,Paz,1, 2000-01-01,7",
           "nacimiento: is not of the form YYYY-MM-DD: \" 2000-01-01\"; take the blank before or behind it "
           "away");
}

static void what_is_shown_is_seen(void **state) {
    (void)state;
    static const struct {
        const char *text, *shown;
    } cases[] = {{"", ""},
                 {"José 🎰", "José 🎰"},
                 {"\"\\", "\\\"\\\\"},
                 {"\x01\x7f\n", "\\x01\\x7f\\x0a"},
                 {"\xff\xc3", "\\xff\\xc3"},
                 {"a\xe2\x80\xae"
                  "b\xc2\x85",
                  "a\\u202eb\\u0085"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char shown[SHOWN_BYTES];
        shown_text(cases[i].text, strlen(cases[i].text), shown);
        assert_string_equal(shown, cases[i].shown);
    }
}

// Its UTF-8 (RFC 3629).
static void encode(uint32_t character, char text[5]) {
    static const uint32_t ends[] = {0x80, 0x800, 0x10000, 0x110000};
    static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    int more = 0;
    while (character >= ends[more]) {
        more++;
    }
    text[0] = (char)(leads[more] | character >> (6 * more));
    for (int i = 1; i <= more; i++) {
        text[i] = (char)(0x80 | (character >> (6 * (more - i)) & 0x3f));
    }
    text[more + 1] = '\0';
}

static void assert_shown(uint32_t character, bool is_seen) {
    char text[5], shown[SHOWN_BYTES], number[16];
    encode(character, text);
    shown_text(text, strlen(text), shown);
    snprintf(number, sizeof number, "\\u%04x", character);
    assert_string_equal(shown, is_seen ? text : number);
}

static void what_nobody_sees_is_a_number(void **state) {
    (void)state;
    static const uint32_t unseen[][2] = {
        {0x80, 0xa0},     {0xad, 0xad},     {0x61c, 0x61c},   {0x1680, 0x1680}, {0x2000, 0x200f},
        {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        if (unseen[i][0] > 0x80) {
            assert_shown(unseen[i][0] - 1, true);
        }
        assert_shown(unseen[i][0], false);
        assert_shown(unseen[i][1], false);
        assert_shown(unseen[i][1] + 1, true);
    }
    char shown[SHOWN_BYTES];
    shown_text("\x1f ~\x7f\x80", 5, shown);
    assert_string_equal(shown, "\\x1f ~\\x7f\\x80");
}

// With its NUL it has SHOWN_BYTES. Nothing is shown in part, and each but the last leaves room for the dots.
static void what_is_too_long_ends_in_dots(void **state) {
    (void)state;
    enum { BEFORE_DOTS = SHOWN_BYTES - 4, NUMBER_BYTES = 6 };
    char text[SHOWN_BYTES + 8], shown[SHOWN_BYTES + 1], expected[SHOWN_BYTES + 8];
    memset(text, 'a', sizeof text);
    shown[SHOWN_BYTES] = '#';
    for (size_t length = BEFORE_DOTS - 2; length < SHOWN_BYTES + 4; length++) {
        bool fits = length <= BEFORE_DOTS + 1;
        snprintf(expected, sizeof expected, "%.*s%s", (int)(fits ? length : BEFORE_DOTS), text,
                 fits ? "" : "...");
        shown_text(text, length, shown);
        assert_string_equal(shown, expected);
    }
    for (size_t before = BEFORE_DOTS - 8; before <= BEFORE_DOTS; before++) {
        memset(text, 'a', sizeof text);
        memcpy(text + before, "\xe2\x80\xae", 3);
        bool is_last_shown = before + NUMBER_BYTES < SHOWN_BYTES;
        snprintf(expected, sizeof expected, "%.*s%s", (int)before, text, is_last_shown ? "\\u202e" : "...");
        shown_text(text, before + 3, shown);
        assert_string_equal(shown, expected);
        bool is_shown = before + NUMBER_BYTES <= BEFORE_DOTS;
        snprintf(expected, sizeof expected, "%.*s%s", (int)before, text, is_shown ? "\\u202ea" : "...");
        shown_text(text, before + 4, shown);
        assert_string_equal(shown, expected);
    }
    assert_int_equal(shown[SHOWN_BYTES], '#');
}

static void whatever_it_is_something_is_said(void **state) {
    (void)state;
    static const char letters[] = "a,;\"\r\t|19-\x1a\xef\xbb\xbf\xff[< sep=PK";
    uint32_t random = 7;
    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)round % 90;
        char *text = malloc(length + 1); // so that a read behind it is seen
        struct error error;
        for (size_t i = 0; i < length; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = letters[(random >> 16) % sizeof letters]; // NUL among them
        }
        diagnose(1 + (uint64_t)round % 2, text, length, &error);
        assert_null(strpbrk(error.text, "\r\n\t\x1a"));
        assert_true(strlen(error.text) > strlen("a.csv:1: "));
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_no_sign),
        cmocka_unit_test(what_is_shown_is_seen),
        cmocka_unit_test(what_nobody_sees_is_a_number),
        cmocka_unit_test(what_is_too_long_ends_in_dots),
        cmocka_unit_test(whatever_it_is_something_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

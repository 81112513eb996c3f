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
        cmocka_unit_test(whatever_it_is_something_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// A line that is not a bet is described as what it looks like, any line somehow, in a single line.
#include "cmocka_all.h"

#include "agency/csv_diagnosis.h"
#include "agency/shown_text.h"
#include "bet/bet.h"
#include "bet/errors.h"

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
    assert_error(error, ERROR_BAD_BET);
}

static void expect(uint64_t number, const char *text, const char *says) {
    struct error error;
    char expected[ERROR_TEXT_BYTES];
    diagnose(number, text, strlen(text), &error);
    snprintf(expected, sizeof expected, "a.csv:%d: %s", (int)number, says);
    assert_string_equal(error.text, expected);
}

// What may appear in a name is not blamed for something else that is wrong.
static void a_name_does_not_tell_the_kind(void **state) {
    (void)state;
    expect(1, "[Ana;b;c;d;e,Paz,1,2000-01-01,x", "numero: has other characters than digits: \"x\"");
    expect(1, "%PDF,Paz,1,2000-01-01,x", "numero: has other characters than digits: \"x\"");
    expect(2, "PK\x03\x04",
           "the bet has 1 field instead of 5: \"PK\\x03\\x04\""); // not at the beginning of the file
    expect(2, "nombre,apellido,documento,nacimiento,numero",
           "nacimiento: is not of the form YYYY-MM-DD: \"nacimiento\"");
    expect(1, "Ana,Paz,1,2000-01-01,", "numero: is empty: \"\"");
    expect(1, "Ana,Paz,,,", "documento: is empty: \"\"");
    expect(1, " ,Paz,1, 2000-01-01,7",
           "nacimiento: is not of the form YYYY-MM-DD: \" 2000-01-01\"; remove the blank before or after it");
}

static void expect_of(uint64_t number, const char *text, size_t length, const char *says) {
    struct error error;
    char expected[ERROR_TEXT_BYTES];
    diagnose(number, text, length, &error);
    snprintf(expected, sizeof expected, "a.csv:%d: %s", (int)number, says);
    assert_string_equal(error.text, expected);
}

#define AS_CSV "save it as CSV in UTF-8, with commas between the fields"

static void a_file_of_another_kind_is_named(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *says;
    } kinds[] = {
        {"PK\x03\x04",
         "the file is a spreadsheet (xlsx, ods) or a zip archive, not CSV: \"PK\\x03\\x04\"; " AS_CSV},
        {"\xd0\xcf\x11\xe0",
         "the file is an old spreadsheet (xls), not CSV: \"\\xd0\\xcf\\x11\\xe0\"; " AS_CSV},
        {"\x1f\x8b", "the file is compressed with gzip: \"\\x1f\\x8b\"; decompress it first"},
        {"BZh", "the file is compressed with bzip2: \"BZh\"; decompress it first"},
        {"\xfd"
         "7zXZ",
         "the file is compressed with xz: \"\\xfd7zXZ\"; decompress it first"},
        {"\x28\xb5\x2f\xfd", "the file is compressed with zstd: \"(\\xb5/\\xfd\"; decompress it first"},
        {"7z\xbc\xaf", "the file is a 7-Zip archive: \"7z\\xbc\\xaf\"; decompress it first"},
        {"Rar!", "the file is a RAR archive: \"Rar!\"; decompress it first"},
        {"%PDF", "the file is a PDF, not CSV: \"%PDF\"; export the table it was made from as CSV"},
        {"{\\rtf", "the file is a text document (RTF), not CSV: \"{\\\\rtf\"; " AS_CSV},
        {"SQLite format 3", "the file is a database, not CSV: \"SQLite format 3\"; export its bets as CSV"},
        {"\x89PNG", "the file is a picture, not CSV: \"\\x89PNG\"; is it the right file?"},
        {"\xff\xd8\xff", "the file is a picture, not CSV: \"\\xff\\xd8\\xff\"; is it the right file?"},
        {"\x7f"
         "ELF",
         "the file is a program, not CSV: \"\\x7fELF\"; is it the right file?"},
        {"<", "the file is XML or a web page, not CSV: \"<\"; " AS_CSV},
        {"{\"", "the file is JSON, not CSV: \"{\\\"\"; " AS_CSV},
        {"[", "the file is JSON, not CSV: \"[\"; " AS_CSV},
        {"\xff\xfe", "the file is in UTF-16: \"\\xff\\xfe\"; save it in UTF-8"},
        {"\xfe\xff", "the file is in UTF-16: \"\\xfe\\xff\"; save it in UTF-8"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        expect(1, kinds[i].bytes, kinds[i].says);
    }
    // What cannot be part of a name shows the kind even if there are fields; what ends too early does not.
    expect(1, "PK\x03\x04,b,1,2000-01-01,7",
           "the file is a spreadsheet (xlsx, ods) or a zip archive, not CSV: "
           "\"PK\\x03\\x04,b,1,2000-01-01,7\"; " AS_CSV);
    expect(1, "BZ", "the bet has 1 field instead of 5: \"BZ\"");
    expect(1, "Rar?", "the bet has 1 field instead of 5: \"Rar?\"");
}

static void wide_text_is_explained(void **state) {
    (void)state;
#define WIDE "the file is in UTF-16, without a byte order mark: "
    expect_of(2, "a\0", 2, WIDE "\"a\\x00\"; save it in UTF-8");
    expect_of(2, "\0a", 2, WIDE "\"\\x00a\"; save it in UTF-8");
    expect_of(2, "a\0bcde", 6, "the bet has 1 field instead of 5: \"a\\x00bcde\"");
    expect_of(2, "a\0bcd", 5, WIDE "\"a\\x00bcd\"; save it in UTF-8"); // a third, rounded down
    expect_of(2, "\0\0", 2, "the bet has 1 field instead of 5: \"\\x00\\x00\"");
    expect_of(2, "ab\0\0", 4, "the bet has 1 field instead of 5: \"ab\\x00\\x00\"");
    expect_of(2, "\0", 1, "the bet has 1 field instead of 5: \"\\x00\"");
#undef WIDE
}

static void other_line_ends_are_explained(void **state) {
    (void)state;
    expect(2, "a,b\r",
           "the line ends with CR CR LF: line ends were converted twice: \"a,b\\x0d\"; end lines with LF or "
           "CR LF");
    expect(2, "a,b\rc,d\r", "lines end with CR alone, as on old Macs: \"a,b\"; end them with LF or CR LF");
    expect(
        2, "\r",
        "the line ends with CR CR LF: line ends were converted twice: \"\\x0d\"; end lines with LF or CR LF");
    expect(2, "a\x1a", "Ctrl-Z (0x1a), which ended files on DOS: \"a\\x1a\"; delete it");
    expect(2, "\x1a", "Ctrl-Z (0x1a), which ended files on DOS: \"\\x1a\"; delete it");
}

static void byte_order_marks_are_explained(void **state) {
    (void)state;
    expect(1, "\xef\xbb\xbf",
           "the file begins with two byte order marks: \"\\ufeff\"; delete it, and check that the line "
           "before is complete");
    expect(2, "\xef\xbb\xbf,",
           "a byte order mark within the file: were two files joined?: \"\\ufeff,\"; delete it, and check "
           "that the line before is complete");
    expect(2, "\xef\xbb", "the bet has 1 field instead of 5: \"\\xef\\xbb\"");
}

static void lines_without_content_are_explained(void **state) {
    (void)state;
    expect(3, "", "an empty line within the file; delete it");
    expect(3, " ", "only blanks: \" \"; delete the line");
    expect(3, "\t ", "only blanks: \"\\x09 \"; delete the line");
    expect(3, ",", "only commas, like an empty row of a spreadsheet: \",\"; delete the line");
    expect(3, ", ,\t,,", "only commas, like an empty row of a spreadsheet: \", ,\\x09,,\"; delete the line");
}

static void other_separators_are_explained(void **state) {
    (void)state;
    expect(2, "a;b;c;d;e", "';' between the fields: \"a;b;c;d;e\"; use commas, and nothing else");
    expect(2, "a\tb\tc\td\te",
           "tabs between the fields: \"a\\x09b\\x09c\\x09d\\x09e\"; use commas, and nothing else");
    expect(2, "a|b|c|d|e", "vertical bars between the fields: \"a|b|c|d|e\"; use commas, and nothing else");
    expect(2, "a;b,c;d,e;f,g;h", "';' between the fields: \"a;b,c;d,e;f,g;h\"; use commas, and nothing else");
    expect(2, "a;b;c;d", "the bet has 1 field instead of 5: \"a;b;c;d\"");
    expect(2, "sep=",
           "the line names a separator for a spreadsheet: \"sep=\"; delete it, and put commas between the "
           "fields");
    expect(1, "sep=;",
           "the line names a separator for a spreadsheet: \"sep=;\"; delete it, and put commas between the "
           "fields");
    expect(2, "sep", "the bet has 1 field instead of 5: \"sep\"");
    expect(2, "sfp=,", "the bet has 2 fields instead of 5: \"sfp=,\"");
    expect(2, "zzz=,", "the bet has 2 fields instead of 5: \"zzz=,\"");
}

static void column_names_are_explained(void **state) {
    (void)state;
#define NAMES "column names, not a bet: "
    expect(1, "a,b,c,d,e", NAMES "\"a,b,c,d,e\"; delete the line");
    expect(1, "a,b,c,d,e,f", NAMES "\"a,b,c,d,e,f\"; delete the line");
    expect(1, "a,b,c,d", "the bet has 4 fields instead of 5: \"a,b,c,d\"");
    expect(1, "a,b,c,d,e0,f", "the bet has 6 fields instead of 5: \"a,b,c,d,e0,f\"");
    expect(1, "9,b,c,d,e,f", "the bet has 6 fields instead of 5: \"9,b,c,d,e,f\"");
    expect(1, "a,b,c,d/,:,f", NAMES "\"a,b,c,d/,:,f\"; delete the line");
    expect(2, "a,b,c,d,e,f", "the bet has 6 fields instead of 5: \"a,b,c,d,e,f\"");
#undef NAMES
}

static void blanks_around_a_value_are_explained(void **state) {
    (void)state;
    static const char *const blanks[] = {
        " ", "\xc2\xa0", "\xe2\x80\x87", "\xe2\x80\xaf", "\xe2\x80\x8b", "\xe2\x81\xa0", "\xef\xbb\xbf",
        "\t"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        for (int at_end = 0; at_end < 2; at_end++) {
            char text[100], value[SHOWN_BYTES], part[16], expected[ERROR_TEXT_BYTES];
            snprintf(part, sizeof part, "%s22%s", at_end ? "" : blanks[i], at_end ? blanks[i] : "");
            snprintf(text, sizeof text, "Ana,Paz,%s,2000-01-01,7", part);
            shown_text(part, strlen(part), value);
            snprintf(expected, sizeof expected, ": \"%s\"; remove the blank before or after it", value);
            struct error error;
            diagnose(2, text, strlen(text), &error);
            if (strstr(error.text, expected) == NULL) {
                fail_msg("\"%s\" does not say \"%s\"", error.text, expected);
            }
        }
    }
    expect(2, " An\x01,Paz,2,2000-01-01,7", "nombre: holds a control character: \" An\\x01\"");
    expect(2, "Ana,Pa\x01 ,2,2000-01-01,7", "apellido: holds a control character: \"Pa\\x01 \"");
    expect(2, "Ana,Paz,2 2,2000-01-01,7",
           "documento: has other characters than ASCII letters and digits: \"2 2\"");
}

static void quotes_are_explained(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"\"a,b",
         "a quote that is not closed, or stands alone: \"\\\"a,b\"; close it; within quotes, write it twice"},
        {"\"a,b\",c", "a comma within quotes, or text after them: \"\\\"a,b\\\",c\"; a bet's fields cannot "
                      "contain commas"},
        {"a\"b\"\"", "a quote that is not closed, or stands alone: \"a\\\"b\\\"\\\"\"; close it; within "
                     "quotes, write it twice"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct csv_line line = {.path = "a.csv",
                                .number = 2,
                                .text = bad[i].text,
                                .length = strlen(bad[i].text),
                                .bad_quotes = true};
        struct error reason, error;
        char expected[ERROR_TEXT_BYTES];
        error_set(&reason, ERROR_BAD_BET, "it is none");
        assert_false(csv_diagnose(&line, &reason, &error));
        snprintf(expected, sizeof expected, "a.csv:2: %s", bad[i].says);
        assert_string_equal(error.text, expected);
    }
}

static void what_is_shown_is_visible(void **state) {
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

// Its UTF-8 encoding (RFC 3629).
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

static void what_is_invisible_is_escaped(void **state) {
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

// With its NUL it has SHOWN_BYTES. No character is shown in part, and each but the last leaves room for the
// dots.
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

static void any_line_is_explained_somehow(void **state) {
    (void)state;
    static const char letters[] = "a,;\"\r\t|19-\x1a\xef\xbb\xbf\xff[< sep=PK";
    uint32_t random = 7;
    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)round % 90;
        char *text = malloc(length + 1); // so that a read past the end is noticed
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
        cmocka_unit_test(a_name_does_not_tell_the_kind),
        cmocka_unit_test(a_file_of_another_kind_is_named),
        cmocka_unit_test(wide_text_is_explained),
        cmocka_unit_test(other_line_ends_are_explained),
        cmocka_unit_test(byte_order_marks_are_explained),
        cmocka_unit_test(lines_without_content_are_explained),
        cmocka_unit_test(other_separators_are_explained),
        cmocka_unit_test(column_names_are_explained),
        cmocka_unit_test(blanks_around_a_value_are_explained),
        cmocka_unit_test(quotes_are_explained),
        cmocka_unit_test(what_is_shown_is_visible),
        cmocka_unit_test(what_is_invisible_is_escaped),
        cmocka_unit_test(what_is_too_long_ends_in_dots),
        cmocka_unit_test(any_line_is_explained_somehow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

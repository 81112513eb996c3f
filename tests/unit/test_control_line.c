// An order's line is read as it was written, and what is wrong in one is named.
#include "cmocka_all.h"

#include "expect.h"

#include "wire/control_line.h"

#include <stdlib.h>
#include <string.h>

static struct control_line line;
static struct error error;

static bool parse(const char *text) {
    return control_line_parse(text, strlen(text), &line, &error);
}

static void assert_value(const char *key, const char *expected) {
    assert_non_null(control_line_value(&line, key));
    assert_string_equal(control_line_value(&line, key), expected);
}

static void assert_bad(const char *text, size_t length, const char *says) {
    assert_false(control_line_parse(text, length, &line, &error));
    assert_error(&error, ERROR_BAD_ORDER);
    if (strstr(error.text, says) == NULL) {
        fail_msg("expected the error to say \"%s\", it says: %s", says, error.text);
    }
}

static void a_word_alone(void **state) {
    (void)state;
    must(parse("status"), &error);
    assert_string_equal(line.word, "status");
    assert_int_equal(line.pair_count, 0);
    assert_null(control_line_value(&line, "at"));
}

static void keys_and_values(void **state) {
    (void)state;
    must(parse("close at=2026-11-27T21:00:00Z yes=1 note=a%20b%3D%25%C3%B1 empty="), &error);
    assert_string_equal(line.word, "close");
    assert_int_equal(line.pair_count, 4);
    assert_value("at", "2026-11-27T21:00:00Z");
    assert_value("yes", "1");
    assert_value("note", "a b=%ñ");
    assert_value("empty", "");
}

static void what_is_not_a_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "begins with a word"},
        {" status", "begins with a word"},
        {"Status", "begins with a word"},
        {"7", "begins with a word"},
        {"status\r", "begins with a word"},
        {"status\tyes=1", "begins with a word"},
        {"a2345678901234567890123456789012x", "begins with a word"},
        {"status ", "only KEY=VALUE"},
        {"status  yes=1", "only KEY=VALUE"},
        {"status yes", "only KEY=VALUE"},
        {"status yes =1", "only KEY=VALUE"},
        {"status =1", "only KEY=VALUE"},
        {"status Yes=1", "only KEY=VALUE"},
        {"close yes=1 yes=1", "yes: it is given twice"},
        {"close a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9", "i: there are more than 8"},
        {"close at=%", "at: '%'"},
        {"close at=%4", "at: '%'"},
        {"close at=%4g", "at: '%'"},
        {"close at=%00", "at: '%'"},
        {"close at=a\tb", "0x09"},
        {"close at=\x7f", "0x7f"},
        {"close at=\xc3\xb1", "0xc3"},
        {"close at=1\r", "0x0d"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_bad(bad[i].text, strlen(bad[i].text), bad[i].says);
    }
    assert_bad("status\0yes", 10, "begins with a word");
    assert_bad("close at=1\0", 11, "0x00");
}

static void a_line_has_4096_bytes_with_its_end(void **state) {
    (void)state;
    char text[CONTROL_LINE_BYTES_MAX + 1];
    memset(text, 'x', sizeof text);
    memcpy(text, "close at=", 9);
    assert_true(control_line_parse(text, CONTROL_LINE_BYTES_MAX - 1, &line, &error));
    assert_int_equal(strlen(control_line_value(&line, "at")), CONTROL_LINE_BYTES_MAX - 10);
    assert_bad(text, CONTROL_LINE_BYTES_MAX, "more than 4096 bytes");
}

static void a_line_is_read_as_it_was_written(void **state) {
    (void)state;
    char written[CONTROL_LINE_BYTES_MAX], all[256];
    for (int i = 1; i < 256; i++) {
        all[i - 1] = (char)i;
    }
    all[255] = '\0';
    const struct control_pair pairs[] = {{"all", all}, {"dry-run", "1"}, {"empty", ""}};
    size_t length = control_line_write(written, "draw", pairs, 3);
    assert_int_equal(written[length - 1], '\n');
    must(control_line_parse(written, length - 1, &line, &error), &error);
    assert_string_equal(line.word, "draw");
    assert_int_equal(line.pair_count, 3);
    assert_value("all", all);
    assert_value("dry-run", "1");
    assert_value("empty", "");
}

static void a_line_that_does_not_fit_is_not_written(void **state) {
    (void)state;
    char written[CONTROL_LINE_BYTES_MAX], value[CONTROL_LINE_BYTES_MAX];
    const struct control_pair pairs[] = {{"at", value}};
    memset(value, 'x', sizeof value);
    value[CONTROL_LINE_BYTES_MAX - 10] = '\0'; // "close at=", its end
    assert_int_equal(control_line_write(written, "close", pairs, 1), CONTROL_LINE_BYTES_MAX);
    value[0] = ' '; // which takes three bytes
    assert_int_equal(control_line_write(written, "close", pairs, 1), 0);
}

// A file is longer than what anybody writes by hand.
static void a_line_with_a_paper_may_be_longer(void **state) {
    (void)state;
    static char text[CONTROL_PAPER_BYTES_MAX + 1], value[CONTROL_PAPER_BYTES_MAX];
    static const char begin[] = "paper bytes=";
    memset(value, 'x', sizeof value - 1);
    const struct control_pair pairs[] = {{"bytes", value}};
    assert_int_equal(control_line_write_any(text, CONTROL_PAPER, pairs, 1), 0);
    value[sizeof value - sizeof begin] = '\0';
    assert_int_equal(control_line_write_any(text, CONTROL_PAPER, pairs, 1), CONTROL_PAPER_BYTES_MAX);
    assert_int_equal(control_line_write_any(text, "papers", pairs, 1), 0);
    assert_int_equal(control_line_write(text, CONTROL_PAPER, pairs, 1), 0);
    assert_true(control_line_parse(text, CONTROL_PAPER_BYTES_MAX - 1, &line, &error));
    assert_string_equal(control_line_value(&line, "bytes"), value);
    assert_int_equal(control_line_max("paper ", 6), CONTROL_PAPER_BYTES_MAX);
    assert_int_equal(control_line_max("paper", 5), CONTROL_LINE_BYTES_MAX);
    assert_int_equal(control_line_max("papers ", 7), CONTROL_LINE_BYTES_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_alone),
        cmocka_unit_test(keys_and_values),
        cmocka_unit_test(what_is_not_a_line),
        cmocka_unit_test(a_line_has_4096_bytes_with_its_end),
        cmocka_unit_test(a_line_with_a_paper_may_be_longer),
        cmocka_unit_test(a_line_is_read_as_it_was_written),
        cmocka_unit_test(a_line_that_does_not_fit_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

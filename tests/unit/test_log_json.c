// A line as a JSON object: always whole, whatever is in its values.
#include "cmocka_all.h"

#include "base/log_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char line[LOG_LINE_BYTES_MAX];

// What is made of the fields, after the time, whose shape is checked.
static const char *made_of(const char *fields, const char *level) {
    static const char shape[] = "{\"time\":\"dddd-dd-ddTdd:dd:dd.dddZ\"";
    size_t length = strlen(fields);
    memcpy(line, fields, length);
    length = log_json_write(line, length, level);
    assert_true(length < LOG_LINE_BYTES_MAX);
    line[length] = '\0';
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        bool is_digit = line[i] >= '0' && line[i] <= '9';
        if (shape[i] == 'd' && i > 7 ? !is_digit : shape[i] != line[i] && shape[i] != 'd') {
            fail_msg("expected the beginning %s, came %s", shape, line);
        }
    }
    return line + sizeof shape - 1;
}

static void each_field_has_its_key(void **state) {
    (void)state;
    assert_string_equal(made_of("action: a | result: success | dni: 1 | nombre: Núñez", "INFO"),
                        ",\"level\":\"INFO\",\"action\":\"a\",\"result\":\"success\",\"dni\":\"1\","
                        "\"nombre\":\"Núñez\"}");
    assert_string_equal(made_of("action: a | result: fail | ip:  | message: b: c: d|e", "ERROR"),
                        ",\"level\":\"ERROR\",\"action\":\"a\",\"result\":\"fail\",\"ip\":\"\","
                        "\"message\":\"b: c: d|e\"}");
    assert_string_equal(made_of("action: a | ip: ", "ERROR"),
                        ",\"level\":\"ERROR\",\"action\":\"a\",\"ip\":\"\"}");
}

static void values_cannot_end_their_string(void **state) {
    (void)state;
    assert_string_equal(made_of("a: x\"y\\z\x01", "INFO"),
                        ",\"level\":\"INFO\",\"a\":\"x\\\"y\\\\z\\u0001\"}");
    assert_string_equal(made_of("a: \xff\xc3", "INFO"),
                        ",\"level\":\"INFO\",\"a\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}");
}

static void what_has_no_key_was_cut_off(void **state) {
    (void)state;
    assert_string_equal(made_of("a: b | mes", "INFO"), ",\"level\":\"INFO\",\"a\":\"b\"}");
}

// Counts the quotes that no backslash is before, and looks at the end.
static void assert_is_whole(void) {
    size_t length = strlen(line), quotes = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\\') {
            i++;
        } else {
            quotes += line[i] == '"';
        }
    }
    assert_true(quotes % 4 == 0);
    assert_true(strcmp(line + length - 2, "\"}") == 0);
}

static void an_object_too_long_is_cut_whole(void **state) {
    (void)state;
    static const char *const units[] = {"\"", "\\", "x", "\xff", "é", "日", "\x02"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        for (size_t before = 0; before < 12; before++) {
            char fields[LOG_LINE_BYTES_MAX] = "b: ";
            size_t length = 3 + before;
            memset(fields + 3, 'z', before);
            while (length + strlen(units[i]) < sizeof fields) {
                length = (size_t)(stpcpy(fields + length, units[i]) - fields);
            }
            made_of(fields, "WARNING");
            assert_is_whole();
        }
    }
}

static void a_field_without_room_is_left_out_whole(void **state) {
    (void)state;
    for (size_t before = LOG_LINE_BYTES_MAX - 120; before < LOG_LINE_BYTES_MAX - 20; before++) {
        char fields[LOG_LINE_BYTES_MAX] = "b: ";
        memset(fields + 3, 'z', before - 3);
        strcpy(fields + before, " | key: value"); // NOLINT: there is room
        const char *object = made_of(fields, "INFO");
        assert_is_whole();
        assert_true(strstr(object, "key") == NULL || strstr(object, ",\"key\":\"") != NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_has_its_key),
        cmocka_unit_test(values_cannot_end_their_string),
        cmocka_unit_test(what_has_no_key_was_cut_off),
        cmocka_unit_test(an_object_too_long_is_cut_whole),
        cmocka_unit_test(a_field_without_room_is_left_out_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

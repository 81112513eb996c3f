// Of an array only those numbers are taken that come before one that is none.
#include "wire/json.h"

#include "cmocka_all.h"

#include "wire/limits.h"

#include <stdio.h>
#include <string.h>

enum { TAKEN_MAX = 4 };

struct taken {
    uint64_t numbers[TAKEN_MAX];
    size_t count;
};

static bool take(void *context, uint64_t number) {
    struct taken *taken = context;
    if (taken->count == TAKEN_MAX) {
        return false;
    }
    taken->numbers[taken->count++] = number;
    return true;
}

static void assert_taken(const char *array, const char *expected) {
    static const char *const names[] = {"numbers"};
    char text[256 + JSON_PADDING_BYTES] = "", found[128] = "";
    struct json_parser *parser = json_parser_new();
    struct taken taken = {.count = 0};
    struct json_value value;
    struct error error;
    assert_non_null(parser);
    size_t length = (size_t)snprintf(text, 256, "{\"numbers\":%s}", array);
    must(json_parse_object(parser, (const uint8_t *)text, length, names, 1, &value, &error), &error);
    assert_int_equal(value.kind, JSON_ARRAY);
    size_t told = json_each_number(parser, &value, take, &taken);
    assert_int_equal(told, taken.count);
    for (size_t i = 0; i < taken.count; i++) {
        size_t written = strlen(found);
        snprintf(found + written, sizeof found - written, "%llu ", (unsigned long long)taken.numbers[i]);
    }
    assert_string_equal(found, expected);
    json_parser_free(parser);
}

static void whole_numbers_from_0_on_are_taken(void **state) {
    (void)state;
    assert_taken("[]", "");
    assert_taken("[0,7574,18446744073709551615]", "0 7574 18446744073709551615 ");
    assert_taken("[1,-1,2]", "1 ");
    assert_taken("[1,2.0,3]", "1 ");
    assert_taken("[1,\"2\"]", "1 ");
    assert_taken("[null]", "");
    assert_taken("[[1]]", "");
}

static void who_takes_them_may_stop(void **state) {
    (void)state;
    assert_taken("[1,2,3,4,5,6]", "1 2 3 4 ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_from_0_on_are_taken),
        cmocka_unit_test(who_takes_them_may_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

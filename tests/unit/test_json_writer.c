// JSON that is written piece by piece has its commas in their places.
#include "cmocka_all.h"

#include "expect.h"

#include "wire/json_writer.h"

#include <stdlib.h>
#include <string.h>

static void assert_written(struct json_writer *writer, const char *expected) {
    assert_false(writer->failed);
    json_put_raw(writer, "");
    char *text = strndup(writer->text, writer->length);
    assert_string_equal(text, expected);
    free(text);
    free(writer->text);
    *writer = (struct json_writer){0};
}

static void values_of_every_kind(void **state) {
    (void)state;
    struct json_writer writer = {0};
    json_begin(&writer, NULL);
    json_put_bool(&writer, "ok", true);
    json_put_text(&writer, "text", "a\"b\\ñ\n");
    json_put_number(&writer, "most", UINT64_MAX);
    json_put_text(&writer, "none", NULL);
    json_begin(&writer, "empty");
    json_end(&writer);
    json_begin_list(&writer, "list");
    json_put_number(&writer, NULL, 0);
    json_begin(&writer, NULL);
    json_put_bool(&writer, "inner", false);
    json_end(&writer);
    json_begin_list(&writer, NULL);
    json_end_list(&writer);
    json_end_list(&writer);
    json_put_null(&writer, "last");
    json_end(&writer);
    assert_written(&writer,
                   "{\"ok\":true,\"text\":\"a\\\"b\\\\\\u00f1\\u000a\",\"most\":18446744073709551615,"
                   "\"none\":null,\"empty\":{},\"list\":[0,{\"inner\":false},[]],\"last\":null}");
}

// A text that ends like the beginning of an object is followed by a comma as any other.
static void a_text_that_ends_in_a_bracket(void **state) {
    (void)state;
    struct json_writer writer = {0};
    json_begin_list(&writer, NULL);
    json_put_text(&writer, NULL, "{");
    json_put_text(&writer, NULL, "[");
    json_put_number(&writer, NULL, 1);
    json_end_list(&writer);
    assert_written(&writer, "[\"{\",\"[\",1]");
}

static void it_grows(void **state) {
    (void)state;
    struct json_writer writer = {0};
    enum { NUMBERS = 10000 };
    json_begin_list(&writer, NULL);
    for (int i = 0; i < NUMBERS; i++) {
        json_put_number(&writer, NULL, 7);
    }
    json_end_list(&writer);
    assert_false(writer.failed);
    assert_int_equal(writer.length, 2 * NUMBERS + 1);
    free(writer.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_kind),
        cmocka_unit_test(a_text_that_ends_in_a_bracket),
        cmocka_unit_test(it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

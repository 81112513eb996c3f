// Log lines say what printf would write, with values that can do no harm.
#include "cmocka_all.h"

#include "base/log.h"
#include "base/log_text.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char text[LOG_LINE_BYTES_MAX];

static const char *write_text(const char *format, ...) PRINTF_LIKE(1, 2);

static const char *write_text(const char *format, ...) {
    va_list values;
    va_start(values, format);
    size_t length = log_text_add(text, 0, sizeof text, format, values);
    va_end(values);
    assert_int_equal(length, strlen(text));
    return text;
}

// As printf does it, value by value.
#define ASSERT_AS_PRINTF(...)                                                                                \
    do {                                                                                                     \
        char expected[LOG_LINE_BYTES_MAX];                                                                   \
        snprintf(expected, sizeof expected, __VA_ARGS__);                                                    \
        assert_string_equal(write_text(__VA_ARGS__), expected);                                              \
    } while (0)

static void it_writes_what_printf_writes(void **state) {
    (void)state;
    ASSERT_AS_PRINTF("nothing");
    ASSERT_AS_PRINTF("%s", "");
    ASSERT_AS_PRINTF("%d|%i|%u|%x|%X|%o|%c", -1, 2, 3U, 255U, 255U, 8U, 'c');
    ASSERT_AS_PRINTF("%5d|%-5d|%05d|%+d|% d|%#x|%.3d", 1, 2, 3, 4, 5, 6U, 7);
    ASSERT_AS_PRINTF("%*d|%-*d|%*d", 6, 1, 6, 2, -6, 3);
    ASSERT_AS_PRINTF("%ld %lu %lld %llu", -1L, 2UL, -3LL, 4ULL);
    ASSERT_AS_PRINTF("%" PRIu64 " %" PRId64 " %zu %td %jd", UINT64_MAX, INT64_MIN, (size_t)-1, (ptrdiff_t)-5,
                     (intmax_t)-6);
    ASSERT_AS_PRINTF("%d %d %u %u %i", INT_MIN, INT_MAX, 0U, UINT_MAX, 0);
    ASSERT_AS_PRINTF("%hhu %hd", (unsigned char)200, (short)-5);
    ASSERT_AS_PRINTF("%f %.2f %8.3e %g", 1.5, 2.345, 3.25, 4e20);
    ASSERT_AS_PRINTF("%s, %.3s, %10s, %-10s, %.*s, %.*s, %*s", "whole", "abcdef", "right", "left", 2, "abc",
                     -1, "all", 7, "wide");
    ASSERT_AS_PRINTF("100%% %s %%", "x");
}

static void text_without_an_end_may_be_given_its_length(void **state) {
    (void)state;
    const char letters[3] = {'a', 'b', 'c'};
    assert_string_equal(write_text("%.*s.", 3, letters), "abc.");
}

static void controls_are_blanked(void **state) {
    (void)state;
    assert_string_equal(write_text("a: %s", "x\ny\r\t\x1b[1m\x7f"), "a: x?y???[1m?");
    static const char *const controls[] = {"\xc2\x80",     "\xc2\x9f",     "\xd8\x9c",     "\xe2\x80\x8e",
                                           "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa",
                                           "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
                                           "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9"};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        write_text("a: x%sy", controls[i]);
        assert_memory_equal(text, "a: x??", 6);
        assert_int_equal(strspn(text + 4, "?"), strlen(controls[i]));
        assert_string_equal(text + 4 + strlen(controls[i]), "y");
    }
    // Their neighbours, and what is cut short, stay: letters, a no-break space, an en dash, a word joiner.
    static const char kept[] =
        "\xc2\xa0 \xd8\x9b \xd8\x9d \xe2\x80\x8d \xe2\x80\x93 \xe2\x80\xaf \xe2\x81\xa5 "
        "\xe2\x81\xaa N\xc3\xba\xc3\xb1"
        "ez \xe6\x97\xa5 \xe2\x80";
    assert_string_equal(write_text("%s", kept), kept);
}

static void a_value_is_no_field(void **state) {
    (void)state;
    assert_string_equal(write_text("a: %s | b: %s", "x | b: y", "z"), "a: x ? b: y | b: z");
    assert_string_equal(write_text("a: %s", "| b: y"), "a: ? b: y");
    assert_string_equal(write_text("a: %s%s", "x |", " b: y"), "a: x ? b: y");
    assert_string_equal(write_text("a: %s", "| | |"), "a: ? ? ?");
    assert_string_equal(write_text("a: %-6s", "x |"), "a: x ?   ");
    assert_string_equal(write_text("a: %.*s", 3, "x |  b"), "a: x ?");
    assert_string_equal(write_text("a: %s", "x\t|\tb: y"), "a: x?|?b: y"); // which separates nothing
    assert_string_equal(write_text("a: %s", "x|y||z"), "a: x|y||z");
}

static void what_is_too_long_is_cut(void **state) {
    (void)state;
    char many[LOG_LINE_BYTES_MAX * 2];
    memset(many, 'm', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    for (size_t length = LOG_LINE_BYTES_MAX - 10; length < LOG_LINE_BYTES_MAX + 10; length++) {
        write_text("%.*s%d", (int)length, many, 12345);
        size_t whole = length + 5;
        assert_int_equal(strlen(text), whole < sizeof text - 1 ? whole : sizeof text - 1);
        write_text("%*s", (int)length, "x");
        assert_int_equal(strlen(text), length < sizeof text - 1 ? length : sizeof text - 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_writes_what_printf_writes),
        cmocka_unit_test(text_without_an_end_may_be_given_its_length),
        cmocka_unit_test(controls_are_blanked),
        cmocka_unit_test(a_value_is_no_field),
        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

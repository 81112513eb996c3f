// The terminal is told only what has changed, and its bytes become keys.
#include "cli/top_keys.h"
#include "cli/top_screen.h"

#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static struct top_screen before, now;

static void assert_change(const struct top_screen *from, const char *expected) {
    size_t length;
    char *bytes = top_screen_change(from, &now, &length);
    assert_non_null(bytes);
    char *text = strndup(bytes, length);
    assert_string_equal(text, expected);
    free(text);
    free(bytes);
}

static void only_lines_that_changed_are_written(void **state) {
    (void)state;
    top_screen_begin(&now, 20, 4);
    top_screen_add(&now, TOP_BOLD, "first");
    top_screen_add(&now, TOP_PLAIN, "%s", "second");
    top_screen_add(&now, TOP_PLAIN, "third");
    assert_change(NULL,
                  "\033[H\033[2J\033[1;1H\033[2K\033[1mfirst\033[0m\033[2;1H\033[2Ksecond\033[0m\033[3;1H"
                  "\033[2Kthird\033[0m");
    before = now;
    assert_change(&before, "");
    top_screen_begin(&now, 20, 4);
    top_screen_add(&now, TOP_PLAIN, "first"); // of another style
    top_screen_add(&now, TOP_PLAIN, "other");
    assert_change(&before, "\033[1;1H\033[2Kfirst\033[0m\033[2;1H\033[2Kother\033[0m\033[3;1H\033[2K\033[0m");
    top_screen_begin(&now, 21, 4);
    assert_change(&before, "\033[H\033[2J");
}

static void colours_only_where_they_are_wanted(void **state) {
    (void)state;
    top_screen_begin(&now, 3, 1);
    now.has_colours = false;
    top_screen_add(&now, TOP_ALERT, "a");
    assert_change(NULL, "\033[H\033[2J\033[1;1H\033[2K\033[1ma\033[0m");
    now.has_colours = true;
    assert_change(NULL, "\033[H\033[2J\033[1;1H\033[2K\033[1;31ma\033[0m");
    top_screen_begin(&now, 3, 1);
    top_screen_add(&now, TOP_BAR, "b");
    assert_change(NULL, "\033[H\033[2J\033[1;1H\033[2K\033[7mb  \033[0m");
}

static void there_is_no_line_below_the_last(void **state) {
    (void)state;
    now.is_utf8 = true;
    top_screen_begin(&now, 4, 2);
    for (int i = 0; i < 5; i++) {
        top_screen_add(&now, TOP_PLAIN, "ñandú %d", i);
    }
    assert_int_equal(now.count, 2);
    assert_string_equal(now.lines[1].text, "ñand");
    top_screen_begin(&now, 1000, 1000);
    assert_int_equal(now.columns, TOP_COLUMNS_MAX);
    assert_int_equal(now.rows, TOP_ROWS_MAX);
    top_screen_fill(&now, 2000);
    assert_int_equal(now.count, TOP_ROWS_MAX);
}

// Keys ------------------------------------------------------------------------------------------------------

static void assert_key(const char *bytes, bool is_whole, enum top_key key, size_t taken) {
    size_t took = 99;
    assert_int_equal(top_key_take(bytes, strlen(bytes), is_whole, &took), key);
    assert_int_equal(took, taken);
}

static void bytes_become_keys(void **state) {
    (void)state;
    assert_key("", false, TOP_KEY_NONE, 0);
    assert_key("qn", false, (enum top_key)'q', 1);
    assert_key("\x7f", false, TOP_KEY_BACKSPACE, 1);
    assert_key("\n", false, TOP_KEY_ENTER, 1);
    assert_key("\x01", false, TOP_KEY_OTHER, 1);
    assert_key("\xc3\xb1", false, TOP_KEY_OTHER, 1);
    assert_key("\033[Aq", false, TOP_KEY_UP, 3);
    assert_key("\033OB", false, TOP_KEY_DOWN, 3);
    assert_key("\033[5~", false, TOP_KEY_PAGE_UP, 4);
    assert_key("\033[6~\033", false, TOP_KEY_PAGE_DOWN, 4);
    assert_key("\033[1~", false, TOP_KEY_HOME, 4);
    assert_key("\033[F", false, TOP_KEY_END, 3);
    assert_key("\033[1;5C", false, TOP_KEY_OTHER, 6);
    assert_key("\033[99999999999~", false, TOP_KEY_OTHER, 14);
}

// The bytes of a key may come one by one.
static void a_key_that_has_not_come_whole(void **state) {
    (void)state;
    assert_key("\033", false, TOP_KEY_NONE, 0);
    assert_key("\033[", false, TOP_KEY_NONE, 0);
    assert_key("\033[5", false, TOP_KEY_NONE, 0);
    assert_key("\033", true, TOP_KEY_ESCAPE, 1);
    assert_key("\033[5", true, TOP_KEY_OTHER, 3);
    assert_key("\033q", false, TOP_KEY_ESCAPE, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_lines_that_changed_are_written),
        cmocka_unit_test(colours_only_where_they_are_wanted),
        cmocka_unit_test(there_is_no_line_below_the_last),
        cmocka_unit_test(bytes_become_keys),
        cmocka_unit_test(a_key_that_has_not_come_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

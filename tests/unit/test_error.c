// An error says what it is, by a name that both sides know, and can be shown whatever it quotes.
#include "cmocka_all.h"

#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

// A code of a folder's own.
static const struct error_code LATE[1] = {{"late", true}};

static struct error error;

static int spoil(void **state) {
    (void)state;
    memset(&error, 'x', sizeof error);
    return 0;
}

static void an_error_has_a_code_and_a_text(void **state) {
    (void)state;
    assert_false(error_set(&error, LATE, "%s of %d", "one", 2));
    assert_error(&error, LATE);
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_string_equal(error.text, "one of 2");
}

static void what_the_system_says_stands_behind_it(void **state) {
    (void)state;
    assert_false(error_set_system(&error, ENOENT, "%s: cannot open", "a.csv"));
    assert_error(&error, ERROR_SYSTEM);
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_string_equal(error.text, "a.csv: cannot open: No such file or directory");
}

// Without the name of anything.
static void its_cause_can_be_told_to_anybody(void **state) {
    (void)state;
    error_set(&error, LATE, "/srv/night.db: cannot be read");
    assert_null(error.cause);
    assert_string_equal(error_cause(&error), "the server's log says why");
    assert_false(error_because(&error, CAUSE_DAMAGED));
    assert_string_equal(error_cause(&error), CAUSE_DAMAGED);
    assert_string_equal(error.text, "/srv/night.db: cannot be read");
    static const struct {
        int error_number;
        const char *cause;
    } of_system[] = {{ENOSPC, CAUSE_DISK_FULL}, {EDQUOT, CAUSE_DISK_FULL}, {EIO, CAUSE_DISK_FAILS},
                     {EACCES, CAUSE_FORBIDDEN}, {EROFS, CAUSE_FORBIDDEN},  {ENOENT, CAUSE_NOT_THERE},
                     {ENOMEM, CAUSE_NO_MEMORY}};
    for (size_t i = 0; i < sizeof of_system / sizeof *of_system; i++) {
        error_set_system(&error, of_system[i].error_number, "/srv/night.db");
        assert_string_equal(error_cause(&error), of_system[i].cause);
    }
    error_set_system(&error, EINVAL, "/srv/night.db");
    assert_null(error.cause);
    error_set(&error, ERROR_NO_MEMORY, "none for /srv/night.db");
    assert_string_equal(error_cause(&error), CAUSE_NO_MEMORY);
}

static void of_too_many_files_it_says_how_many_there_may_be(void **state) {
    (void)state;
    struct rlimit limit;
    char expected[200];
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_false(error_set_system(&error, EMFILE, "accept"));
    snprintf(
        expected, sizeof expected,
        "accept: too many open files: this process may have %llu descriptors; raise that limit (ulimit -n)",
        (unsigned long long)limit.rlim_cur);
    assert_string_equal(error.text, expected);
}

static void what_it_quotes_can_be_shown(void **state) {
    (void)state;
    error_set(&error, ERROR_SYSTEM, "a%sb", "\n\x1b[2J");
    assert_string_equal(error.text, "a??[2Jb");
}

// The last byte of the room ends it, whatever was to stand there.
static void a_text_is_cut_where_its_room_ends(void **state) {
    (void)state;
    static char text[2 * ERROR_TEXT_BYTES];
    memset(text, 'y', sizeof text - 1);
    error_set(&error, ERROR_SYSTEM, "%s", text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    error_set_system(&error, ENOENT, "%s", text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    text[sizeof error.text - 5] = '\0';
    error_set_system(&error, ENOENT, "%s", text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_memory_equal(error.text + sizeof error.text - 5, ": No", 4);
    error_set_system(&error, EMFILE, "%s", text);
    assert_memory_equal(error.text + sizeof error.text - 5, ": to", 5);
}

static void and_not_in_the_middle_of_a_letter(void **state) {
    static const char *const letters[] = {"\u00f3", "\u20ac", "\U0001f600"};
    (void)state;
    for (size_t letter = 0; letter < sizeof letters / sizeof *letters; letter++) {
        size_t bytes = strlen(letters[letter]);
        for (size_t before = sizeof error.text - 1 - bytes; before < sizeof error.text; before++) {
            char text[ERROR_TEXT_BYTES + 8];
            memset(text, 'y', before);
            memcpy(text + before, letters[letter], bytes + 1);
            error_set(&error, ERROR_SYSTEM, "%s", text);
            bool fits = before + bytes < sizeof error.text;
            assert_int_equal(strlen(error.text), fits ? before + bytes : before);
            assert_memory_equal(error.text, text, strlen(error.text));
        }
    }
}

static void none_is_none(void **state) {
    (void)state;
    error_clear(&error);
    assert_error(&error, ERROR_NONE);
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_string_equal(error.text, "");
}

static void a_general_code_is_found_by_its_name(void **state) {
    (void)state;
    assert_string_equal(error_name(ERROR_BAD_SETTING), "bad_setting");
    assert_code(error_code_named("bad_setting"), ERROR_BAD_SETTING);
    assert_code(error_code_named("system"), ERROR_SYSTEM);
    assert_code(error_code_named("network"), ERROR_NETWORK);
    assert_code(error_code_named("no_memory"), ERROR_NO_MEMORY);
    assert_code(error_code_named("late"), ERROR_NONE); // a folder's own codes are that folder's to find
    assert_string_equal(error_name(ERROR_NONE), "none");
    assert_code(error_code_named("none"), ERROR_NONE);
    assert_code(error_code_named(""), ERROR_NONE);
}

static void a_code_says_whether_to_try_again(void **state) {
    (void)state;
    assert_true(error_retryable(LATE));
    assert_true(error_retryable(ERROR_NETWORK));
    assert_false(error_retryable(ERROR_BAD_SETTING));
    assert_false(error_retryable(ERROR_NONE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_error_has_a_code_and_a_text, spoil),
        cmocka_unit_test_setup(what_the_system_says_stands_behind_it, spoil),
        cmocka_unit_test_setup(its_cause_can_be_told_to_anybody, spoil),
        cmocka_unit_test_setup(of_too_many_files_it_says_how_many_there_may_be, spoil),
        cmocka_unit_test_setup(what_it_quotes_can_be_shown, spoil),
        cmocka_unit_test_setup(a_text_is_cut_where_its_room_ends, spoil),
        cmocka_unit_test_setup(and_not_in_the_middle_of_a_letter, spoil),
        cmocka_unit_test_setup(none_is_none, spoil),
        cmocka_unit_test(a_general_code_is_found_by_its_name),
        cmocka_unit_test(a_code_says_whether_to_try_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

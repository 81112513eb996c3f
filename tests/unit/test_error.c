// An error says what it is, by a name that both sides know, and can be shown whatever it quotes.
#include "cmocka_all.h"

#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static struct error error;

static int spoil(void **state) {
    (void)state;
    memset(&error, 'x', sizeof error);
    return 0;
}

static void an_error_has_a_code_and_a_text(void **state) {
    (void)state;
    assert_false(error_set(&error, ERROR_GAP, "%s of %d", "one", 2));
    assert_int_equal(error.code, ERROR_GAP);
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_string_equal(error.text, "one of 2");
}

static void what_the_system_says_stands_behind_it(void **state) {
    (void)state;
    assert_false(error_set_system(&error, ENOENT, "%s: cannot open", "a.csv"));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_string_equal(error.text, "a.csv: cannot open: No such file or directory");
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
    error_set(&error, ERROR_BAD_BET, "a%sb", "\n\x1b[2J");
    assert_string_equal(error.text, "a??[2Jb");
}

// The last byte of the room ends it, whatever was to stand there.
static void a_text_is_cut_where_its_room_ends(void **state) {
    (void)state;
    static char text[2 * ERROR_TEXT_BYTES];
    memset(text, 'y', sizeof text - 1);
    error_set(&error, ERROR_BAD_BET, "%s", text);
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

static void none_is_none(void **state) {
    (void)state;
    error_clear(&error);
    assert_int_equal(error.code, ERROR_NONE);
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_string_equal(error.text, "");
}

// As they stand on the wire (docs/protocol.md): an agency goes on by them.
static void each_has_its_name_and_says_whether_to_try_again(void **state) {
    (void)state;
    static const struct {
        enum error_code code;
        const char *name;
        bool retryable;
    } all[] = {
        {ERROR_BAD_FRAME, "bad_frame", false},
        {ERROR_BAD_JSON, "bad_json", false},
        {ERROR_BAD_MESSAGE, "bad_message", false},
        {ERROR_UNKNOWN_TYPE, "unknown_type", false},
        {ERROR_NOT_AUTHORIZED, "not_authorized", false},
        {ERROR_UNKNOWN_AGENCY, "unknown_agency", false},
        {ERROR_BAD_BET, "bad_bet", false},
        {ERROR_GAP, "gap", true},
        {ERROR_CONFLICT, "conflict", false},
        {ERROR_AGENCY_FINISHED, "agency_finished", false},
        {ERROR_TOO_MANY_WINNERS, "too_many_winners", false},
        {ERROR_STORE_FAILED, "store_failed", true},
        {ERROR_STORE_STALE, "store_stale", true},
        {ERROR_STORE_REFUSED, "store_refused", false},
        {ERROR_STORE_AWAY, "store_away", true},
        {ERROR_SHUTTING_DOWN, "shutting_down", true},
        {ERROR_BAD_SETTING, "bad_setting", false},
        {ERROR_SYSTEM, "system", false},
        {ERROR_NETWORK, "network", true},
        {ERROR_NO_MEMORY, "no_memory", true},
    };
    assert_int_equal(sizeof all / sizeof *all, ERROR_CODES - 1);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_string_equal(error_name(all[i].code), all[i].name);
        assert_int_equal(error_code_named(all[i].name), all[i].code);
        if (error_retryable(all[i].code) != all[i].retryable) {
            fail_msg("%s is %sto be tried again", all[i].name, all[i].retryable ? "" : "not ");
        }
    }
    assert_int_equal(error_code_named("none"), ERROR_NONE);
    assert_int_equal(error_code_named("gaps"), ERROR_NONE);
    assert_int_equal(error_code_named(""), ERROR_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_error_has_a_code_and_a_text, spoil),
        cmocka_unit_test_setup(what_the_system_says_stands_behind_it, spoil),
        cmocka_unit_test_setup(of_too_many_files_it_says_how_many_there_may_be, spoil),
        cmocka_unit_test_setup(what_it_quotes_can_be_shown, spoil),
        cmocka_unit_test_setup(a_text_is_cut_where_its_room_ends, spoil),
        cmocka_unit_test_setup(none_is_none, spoil),
        cmocka_unit_test(each_has_its_name_and_says_whether_to_try_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

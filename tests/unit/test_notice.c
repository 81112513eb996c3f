// What is signed of a draw is shown as it was put last, and an agency's key from the seal on.
#include "ledger/notice.h"

#include "cmocka_all.h"
#include "seal/salt.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

static const uint8_t secret[SECRET_BYTES] = {1, 2, 3};

static void assert_text(char *text, size_t length, const char *expected) {
    assert_non_null(text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
    free(text);
}

static void test_nothing_at_first(void **state) {
    (void)state;
    struct notice *notice = notice_new();
    size_t length = 7;
    bool no_memory = true;
    assert_false(notice_is_signed(notice));
    assert_null(notice_rules(notice, &length, &no_memory));
    assert_int_equal(length, 0);
    assert_false(no_memory);
    assert_null(notice_seal(notice, &length, &no_memory));
    assert_null(notice_result(notice, &length, &no_memory));
    notice_free(notice);
}

static void test_shown_as_put_last(void **state) {
    (void)state;
    struct notice *notice = notice_new();
    size_t length;
    bool no_memory;
    assert_true(notice_put_rules(notice, slice_of("one\n")));
    assert_true(notice_is_signed(notice));
    assert_true(notice_put_rules(notice, slice_of("one\ntwo\n")));
    assert_true(notice_put_seal(notice, slice_of("seal\n")));
    assert_true(notice_put_result(notice, slice_of("result\n")));
    char *rules = notice_rules(notice, &length, &no_memory);
    assert_text(rules, length, "one\ntwo\n");
    char *seal = notice_seal(notice, &length, &no_memory);
    assert_text(seal, length, "seal\n");
    char *result = notice_result(notice, &length, &no_memory);
    assert_text(result, length, "result\n");
    notice_free(notice);
}

static void test_what_fails(void **state) {
    (void)state;
    struct notice *notice = notice_new();
    char text[ERROR_TEXT_BYTES] = "?";
    notice_failure(notice, text);
    assert_string_equal(text, "");
    assert_null(notice_cause(notice));
    struct error error;
    error_set_system(&error, ENOSPC, "/var/seals/draw-1: the seal cannot be written");
    notice_put_failure(notice, &error);
    notice_failure(notice, text);
    assert_string_equal(text, error.text);
    assert_string_equal(notice_cause(notice), CAUSE_DISK_FULL);
    notice_put_failure(notice, NULL);
    notice_failure(notice, text);
    assert_string_equal(text, "");
    assert_null(notice_cause(notice));
    notice_free(notice);
}

static void test_key_from_the_seal_on(void **state) {
    (void)state;
    struct slice origin = slice_of("lottery.example/central/2026-11-25");
    struct notice *notice = notice_new();
    uint8_t key[AGENCY_KEY_BYTES], expected[AGENCY_KEY_BYTES];
    notice_put_secret(notice, origin, secret);
    assert_true(notice_put_rules(notice, slice_of("rules\n")));
    assert_false(notice_agency_key(notice, 3, key));
    assert_true(notice_put_seal(notice, slice_of("seal\n")));
    assert_true(notice_agency_key(notice, 3, key));
    agency_key_make(secret, origin, 3, expected);
    assert_memory_equal(key, expected, sizeof key);
    notice_remove_secret(notice);
    assert_false(notice_agency_key(notice, 3, key));
    notice_free(notice);
}

enum { ROUNDS = 2000 };

static void *put_many(void *context) {
    struct notice *notice = context;
    for (int i = 0; i < ROUNDS; i++) {
        assert_true(notice_put_rules(notice, slice_of(i % 2 == 0 ? "a\n" : "a\nb\n")));
    }
    return NULL;
}

// A reader never sees a part of one.
static void test_read_while_it_changes(void **state) {
    (void)state;
    struct notice *notice = notice_new();
    pthread_t thread;
    assert_true(notice_put_rules(notice, slice_of("a\n")));
    assert_int_equal(pthread_create(&thread, NULL, put_many, notice), 0);
    for (int i = 0; i < ROUNDS; i++) {
        size_t length;
        bool no_memory;
        char *rules = notice_rules(notice, &length, &no_memory);
        assert_non_null(rules);
        assert_true(strcmp(rules, "a\n") == 0 || strcmp(rules, "a\nb\n") == 0);
        assert_int_equal(length, strlen(rules));
        free(rules);
    }
    pthread_join(thread, NULL);
    notice_free(notice);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_at_first),
        cmocka_unit_test(test_shown_as_put_last),
        cmocka_unit_test(test_what_fails),
        cmocka_unit_test(test_key_from_the_seal_on),
        cmocka_unit_test(test_read_while_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// What an audit log says about a draw is found among all its other records.
#include "cmocka_all.h"

#include "guarded.h"

#include "audit/audit.h"
#include "audit/recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct chain chain;
static struct recorded recorded;

static int set_up(void **state) {
    (void)state;
    chain_begin(&chain);
    recorded_begin(&recorded, "1");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    recorded_free(&recorded);
    assert_null(recorded.finished);
    return 0;
}

// A record as the audit log has it, taken from room that ends with it.
static void take(const char *event, const char *draw, int64_t agency) {
    char line[CHAIN_LINE_BYTES_MAX];
    const struct audit_field fields[] = {
        {.name = "draw", .text = draw}, {.name = "agency", .number = agency}, {.name = "bets", .number = 7}};
    size_t length = chain_write(&chain, event, fields, draw == NULL ? 0 : agency == 0 ? 1 : 3, line) - 1;
    line[length] = '\0'; // where it is read, the line's end follows it
    recorded_take(&recorded, line, length);
}

static void nothing_is_recorded_at_first(void **state) {
    (void)state;
    assert_true(recorded.is_new);
    assert_false(recorded.sealed || recorded.drawn || recorded.failed || recorded.has_ended);
    assert_false(recorded_has_finished(&recorded, 1));
    assert_false(recorded_has_finished(&recorded, AGENCIES_MAX));
    take("started", "1", 0);
    assert_false(recorded.is_new);
    assert_false(recorded.sealed || recorded.drawn || recorded.failed || recorded.has_ended);
    recorded_take(&recorded, "{}", 2); // no record at all
    assert_false(recorded.sealed || recorded.drawn);
}

// Whichever has finished first, and nobody else beside it.
static void each_agency_finishes_for_itself(void **state) {
    (void)state;
    static const uint32_t numbers[] = {3, 1, 8, 64 * 8, 64 * 8 - 1, 15, AGENCIES_MAX, 129 * 8, 5000};
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    for (size_t done = 0; done < COUNT; done++) {
        assert_false(recorded_has_finished(&recorded, numbers[done]));
        take("agency_finished", "1", numbers[done]);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(recorded_has_finished(&recorded, numbers[i]), i <= done);
            assert_false(recorded_has_finished(&recorded, numbers[i] + 1) && numbers[i] != 64 * 8 - 1);
        }
    }
    assert_false(recorded.failed || recorded.sealed || recorded.drawn);
}

// Of others whose bits are in the same place of what is remembered.
static void the_agencies_of_one_byte(void **state) {
    (void)state;
    for (uint32_t agency = 1; agency <= 16; agency += 3) {
        recorded_add_finished(&recorded, agency);
    }
    for (uint32_t agency = 0; agency <= 24; agency++) {
        assert_int_equal(recorded_has_finished(&recorded, agency), agency <= 16 && agency % 3 == 1);
    }
}

static void a_number_beyond_all_agencies_is_none(void **state) {
    (void)state;
    take("agency_finished", "1", AGENCIES_MAX + 1);
    assert_false(recorded_has_finished(&recorded, AGENCIES_MAX + 1));
    assert_null(recorded.finished);
    take("agency_finished", "1", AGENCIES_MAX);
    assert_true(recorded_has_finished(&recorded, AGENCIES_MAX));
}

static void the_seal_and_the_draw(void **state) {
    (void)state;
    assert_false(recorded.forked);
    assert_string_equal(recorded.root, "");
    take("sealed", "1", 0); // ends with its hash, after the draw's name
    assert_true(recorded.sealed);
    assert_false(recorded.drawn);
    take("drawn", "1", 1);
    assert_true(recorded.drawn);
    take("agency_finished", "1", 2);
    assert_true(recorded.sealed && recorded.drawn && recorded_has_finished(&recorded, 2));
}

static void take_root(const char *draw, const char *root) {
    char line[CHAIN_LINE_BYTES_MAX];
    const struct audit_field fields[] = {{.name = "draw", .text = draw}, {.name = "root", .text = root}};
    size_t length = chain_write(&chain, "root", fields, 2, line) - 1;
    line[length] = '\0';
    recorded_take(&recorded, line, length);
}

static void the_root_of_a_signed_draw(void **state) {
    static const char root[] = "AJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=";
    (void)state;
    take_root("2", root);
    assert_string_equal(recorded.root, "");
    take_root("1", root);
    assert_string_equal(recorded.root, root);
    take_root("1", "another");
    assert_string_equal(recorded.root, "another");
    take("forked", "2", 0);
    assert_false(recorded.forked);
    take("forked", "1", 0);
    assert_true(recorded.forked);
}

static void take_reset(const char *draw, uint32_t agency, uint32_t voiding) {
    char line[CHAIN_LINE_BYTES_MAX];
    const struct audit_field fields[] = {{.name = "draw", .text = draw},
                                         {.name = "agency", .number = agency},
                                         {.name = "voiding", .number = voiding}};
    size_t length = chain_write(&chain, "agency_reset", fields, 3, line) - 1;
    line[length] = '\0';
    recorded_take(&recorded, line, length);
}

// Its end is to be recorded again, when it comes.
static void an_end_before_a_reset_does_not_count(void **state) {
    (void)state;
    take("agency_finished", "1", 8);
    take("agency_finished", "1", 9);
    take_reset("1", 9, 1);
    take_reset("2", 8, 1);
    take_reset("1", 5000, 2); // it had not finished
    assert_true(recorded_has_finished(&recorded, 8));
    assert_false(recorded_has_finished(&recorded, 9));
    assert_int_equal(recorded_resets(&recorded, 8), 0);
    assert_int_equal(recorded_resets(&recorded, 9), 1);
    assert_int_equal(recorded_resets(&recorded, 5000), 2);
    take("agency_finished", "1", 9);
    assert_true(recorded_has_finished(&recorded, 9));
    take_reset("1", 9, 2);
    assert_false(recorded_has_finished(&recorded, 9));
    assert_int_equal(recorded_resets(&recorded, 9), 2);
}

// One log may have several draws.
static void another_draw_is_not_this_one(void **state) {
    (void)state;
    static const char *const others[] = {"2", "11", "", "1\"", "\"1", "x"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        take("agency_finished", others[i], 1);
        take("sealed", others[i], 0);
        take("drawn", others[i], 1);
    }
    take("terms", "1", 1);
    take("agency_finished_again", "1", 1);
    assert_false(recorded.sealed || recorded.drawn || recorded_has_finished(&recorded, 1));
}

// As it stands in the log, escaped; the longest there is, of the longest escapes.
static void a_draw_of_any_name(void **state) {
    (void)state;
    char longest[DRAW_NAME_BYTES_MAX + 1];
    memset(longest, 1, sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const names[] = {"\"a\\b\"\n", "año", longest};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        recorded_free(&recorded);
        recorded_begin(&recorded, names[i]);
        take("agency_finished", names[i], 12);
        take("sealed", names[i], 0);
        assert_true(recorded.sealed && recorded_has_finished(&recorded, 12));
    }
    assert_int_equal(strlen(recorded.draw), sizeof recorded.draw - 1);
}

static void a_log_has_ended_until_it_goes_on(void **state) {
    (void)state;
    take("started", "1", 0);
    take("stopped", NULL, 0);
    assert_true(recorded.has_ended);
    take("started", "1", 0);
    assert_false(recorded.has_ended);
    take("stopped_not", NULL, 0);
    assert_false(recorded.has_ended);
}

static void what_is_in_the_file_before_is_older(void **state) {
    (void)state;
    assert_false(recorded_is_older(&recorded, "2026-01-01T00:00:00.000Z")); // there is none
    char at[CHAIN_AT_BYTES];
    take("continued", NULL, 0);
    snprintf(at, sizeof at, "%s", recorded.continued_at);
    assert_string_equal(at, chain.last_at);
    assert_true(recorded_is_older(&recorded, "2000-01-01T00:00:00.000Z"));
    assert_false(recorded_is_older(&recorded, at));
    assert_false(recorded_is_older(&recorded, "2999-01-01T00:00:00.000Z"));
}

// The file was moved while the server wrote: nothing of this log is missing.
static void going_on_in_the_middle_is_no_beginning(void **state) {
    (void)state;
    take("started", "1", 0);
    take("continued", NULL, 0);
    assert_string_equal(recorded.continued_at, "");
}

// What cannot be remembered is not taken for recorded, and somebody hears of it.
static void without_memory_it_has_failed(void **state) {
    (void)state;
    take("agency_finished", "1", 1);
    guarded.fails_in = 1;
    take("agency_finished", "1", 5000);
    assert_int_equal(guarded.fails_in, 0);
    assert_true(recorded.failed);
    assert_true(recorded_has_finished(&recorded, 1));
    assert_false(recorded_has_finished(&recorded, 5000));
}

#define RECORDED_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        RECORDED_TEST(nothing_is_recorded_at_first),
        RECORDED_TEST(each_agency_finishes_for_itself),
        RECORDED_TEST(the_agencies_of_one_byte),
        RECORDED_TEST(a_number_beyond_all_agencies_is_none),
        RECORDED_TEST(without_memory_it_has_failed),
        RECORDED_TEST(the_seal_and_the_draw),
        RECORDED_TEST(the_root_of_a_signed_draw),
        RECORDED_TEST(an_end_before_a_reset_does_not_count),
        RECORDED_TEST(another_draw_is_not_this_one),
        RECORDED_TEST(a_draw_of_any_name),
        RECORDED_TEST(a_log_has_ended_until_it_goes_on),
        RECORDED_TEST(what_is_in_the_file_before_is_older),
        RECORDED_TEST(going_on_in_the_middle_is_no_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Winners that are told are those of the agency's own file, or the one that is false is named.
#include "cmocka_all.h"
#include "expect.h"
#include "temporary.h"

#include "agency/file_check.h"
#include "agency/told_winners.h"
#include "base/log.h"
#include "bet/errors.h"
#include "seal/errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER = 7574, PLENTY = 100, MANY_BETS = 250 * 1000 };

static char folder[TEMPORARY_BYTES], path[TEMPORARY_BYTES + 32];
static struct reader *reader;

// The lines of the file: documents in small letters have lost.
static void write_file(const char *documents) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (const char *at = documents; *at != '\0'; at++) {
        bool has_won = *at >= 'A' && *at <= 'Z';
        fprintf(file, "Ana,\"the \"\"one\"\" Paz\",%c,1999-03-17,%s\n", *at, has_won ? "7574" : "0757");
    }
    assert_int_equal(fclose(file), 0);
}

static void check_file(void) {
    struct file_findings findings;
    struct error error;
    must(reader_open(path, &reader, &error), &error);
    must(file_check(reader, 3, &findings, &error), &error);
}

// Holds what is told against the first `count` bets. Returns how many steps it took, or 0 with the error.
static int hold(const char *told, uint64_t count, uint64_t winners, struct error *error) {
    const struct own_bets own = {.reader = reader, .count = count, .number = NUMBER, .winners = winners};
    const struct bet_slice documents = {told, strlen(told)};
    struct told_winners *held;
    must(told_winners_new(&own, documents, &held, error), error);
    bool more = true, holds = true;
    int steps = 0;
    for (; holds && more; steps++) {
        holds = told_winners_step(held, &more, error);
    }
    assert_int_equal(told_winners_documents(held).length, strlen(told));
    told_winners_free(&held);
    assert_null(held);
    return holds ? steps : 0;
}

static void expect_right(const char *documents, const char *told) {
    struct error error;
    write_file(documents);
    check_file();
    if (hold(told, PLENTY, PLENTY, &error) == 0) {
        fail_msg("\"%s\" of \"%s\": %s", told, documents, error.text);
    }
    reader_close(&reader);
}

static void expect_false(const char *documents, const char *told, const char *says) {
    struct error error;
    write_file(documents);
    check_file();
    assert_int_equal(hold(told, PLENTY, PLENTY, &error), 0);
    assert_error(&error, ERROR_FALSE_CLAIM);
    if (strstr(error.text, says) == NULL) {
        fail_msg("\"%s\" of \"%s\": %s", told, documents, error.text);
    }
    reader_close(&reader);
}

static int begin(void **state) {
    (void)state;
    temporary_make(folder, "test_told_winners");
    snprintf(path, sizeof path, "%s/agency-3.csv", folder);
    return 0;
}

static int finish(void **state) {
    (void)state;
    if (reader != NULL) {
        reader_close(&reader);
    }
    return temporary_remove(folder);
}

// Stories
// ----------------------------------------------------------------------------------------------------

static void the_own_bets_on_the_number_are_right(void **state) {
    (void)state;
    expect_right("abc", "");
    expect_right("", "");
    expect_right("aBc", "B");
    expect_right("AbCD", "A,C,D");
    expect_right("AbAA", "A,A,A"); // a list of bets, and no set
}

static void a_winner_who_is_none_is_named(void **state) {
    (void)state;
    expect_false("abc", "b", "tells a winner who is none: document b has no bet on 7574 in agency-3.csv");
    expect_false("aBc", "Z,B", "document Z has no bet");
    expect_false("aBc", "B,Z", "document Z has no bet");
    expect_false("ABC", "A,b,B,C", "document b has no bet");
    expect_false("aBc", "B,B", "document B has no further bet");
    expect_false("aBc", "B,", "document  has no bet");
    expect_false("abc", "\x1b[2J", "document \\x1b[2J has no bet"); // it does not control a terminal
    expect_false("ABC", "A,Z,C", "document Z has no bet");          // in place of B: one of both is named
}

static void a_winner_who_is_left_out_is_named(void **state) {
    (void)state;
    expect_false("aBc", "", "leaves out a winner: document B has a bet on 7574 in agency-3.csv, line 2");
    expect_false("ABC", "A,C", "leaves out a winner: document B has a bet on 7574 in agency-3.csv, line 2");
    expect_false("ABC", "B,C", "document A has a bet on 7574 in agency-3.csv, line 1");
    expect_false("ABC", "A,B", "document C has a bet on 7574 in agency-3.csv, line 3");
    expect_false("AAA", "A,A", "document A has a bet on 7574 in agency-3.csv, line 3");
    expect_false("ABC", "A,C,B", "another order: document B has a bet on 7574 in agency-3.csv, line 2");
}

static void bets_that_were_not_taken_win_nothing(void **state) {
    (void)state;
    struct error error;
    write_file("AbC");
    check_file();
    assert_int_not_equal(hold("A", 2, 1, &error), 0);
    assert_int_not_equal(hold("", 0, 1, &error), 0);
    assert_int_equal(hold("A,C", 2, PLENTY, &error), 0);
    assert_non_null(strstr(error.text, "document C has no bet"));
    assert_int_equal(hold("A", 3, PLENTY, &error), 0);
    assert_non_null(strstr(error.text, "document C has a bet"));
}

static void one_agency_has_no_more_winners_than_all_together(void **state) {
    (void)state;
    struct error error;
    write_file("AbC");
    check_file();
    assert_int_not_equal(hold("A,C", PLENTY, 2, &error), 0);
    assert_int_equal(hold("A,C", PLENTY, 1, &error), 0);
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_non_null(strstr(error.text, "has 1 winners in all, and agency-3.csv alone has 2 bets on 7574"));
}

static void a_file_that_has_changed_accuses_nobody(void **state) {
    (void)state;
    struct error error;
    write_file("AbC");
    check_file();
    write_file("AbCdE");
    assert_int_equal(hold("A,C", PLENTY, PLENTY, &error), 0);
    assert_error(&error, ERROR_CONFLICT);
}

// Its text is read in steps, and no more of it is in memory than before.
static void a_long_file_is_looked_at_in_steps(void **state) {
    (void)state;
    struct error error;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < MANY_BETS; i++) {
        fprintf(file, "a,b,%d,1999-03-17,%d\n", i, i == 1 || i == MANY_BETS - 1 ? NUMBER : 1);
    }
    assert_int_equal(fclose(file), 0);
    check_file();
    assert_int_equal(hold("1,249999", MANY_BETS, 2, &error), 3);
    assert_int_equal(hold("1", MANY_BETS, 2, &error), 0);
    assert_non_null(strstr(error.text, "document 249999 has a bet on 7574 in agency-3.csv, line 250000"));
}

static void one_bet_without_a_file(void **state) {
    (void)state;
    static const char bet[] = "Ana,Paz,30904465,1999-03-17,7574";
    struct chunk *single = chunk_new(1, sizeof bet);
    struct error error;
    assert_non_null(single);
    must(chunk_add(single, bet, sizeof bet - 1, &error), &error);
    const char *told[] = {"30904465", "", "30904465,30904465"};
    for (size_t i = 0; i < 3; i++) {
        const struct own_bets own = {.single = single, .count = 2, .number = NUMBER, .winners = 1};
        struct told_winners *held;
        bool more;
        must(told_winners_new(&own, (struct bet_slice){told[i], strlen(told[i])}, &held, &error), &error);
        assert_int_equal(told_winners_step(held, &more, &error), i == 0);
        assert_true(i > 0 || (!more && told_winners_found(held) == 1));
        told_winners_free(&held);
    }
    assert_non_null(strstr(error.text, "no further bet on 7574 in this agency's one bet"));
    chunk_free(single);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_own_bets_on_the_number_are_right),
        TEST(a_winner_who_is_none_is_named),
        TEST(a_winner_who_is_left_out_is_named),
        TEST(bets_that_were_not_taken_win_nothing),
        TEST(one_agency_has_no_more_winners_than_all_together),
        TEST(a_file_that_has_changed_accuses_nobody),
        TEST(a_long_file_is_looked_at_in_steps),
        TEST(one_bet_without_a_file),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

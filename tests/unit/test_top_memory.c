// How fast bets come, and when somebody was heard of last, follows from one reading to the next.
#include "cli/top_memory.h"

#include "cmocka_all.h"

#include <stdlib.h>

static struct top_memory memory;
static struct top_agency agencies[2];
static struct top_facts facts;

static int begin(void **state) {
    (void)state;
    facts = (struct top_facts){.agencies = agencies, .count = 2};
    agencies[0] = (struct top_agency){.agency = 3, .silent_s = TOP_NEVER};
    agencies[1] = (struct top_agency){.agency = 7, .silent_s = TOP_NEVER};
    return 0;
}

static int end(void **state) {
    (void)state;
    top_memory_free(&memory);
    return 0;
}

// A reading at that second, in which agency 3 has so many bets.
static void take_at(uint64_t second, uint64_t bets) {
    agencies[0].bets = facts.bets = bets;
    agencies[0].silent_s = TOP_NEVER;
    assert_true(top_memory_take(&memory, 1000 * (100 + second), &facts));
}

static int rate(void) {
    return (int)(10 * agencies[0].rate);
}

static void a_rate_is_of_the_last_five_to_ten_seconds(void **state) {
    (void)state;
    take_at(0, 1000);
    assert_int_equal(rate(), 0);
    take_at(1, 1010);
    assert_int_equal(rate(), 100);
    take_at(5, 1100);
    assert_int_equal(rate(), 200);
    take_at(10, 1100); // the first five are still in it
    assert_int_equal(rate(), 0);
    take_at(12, 1140);
    assert_int_equal(rate(), 57);
    assert_int_equal((int)agencies[1].rate, 0);
}

static void one_that_begins_anew(void **state) {
    (void)state;
    take_at(0, 1000);
    take_at(1, 2000);
    take_at(2, 10);
    assert_int_equal(rate(), 0);
    take_at(3, 20);
    assert_int_equal(rate(), 100);
}

static void who_stores_something_was_heard_of(void **state) {
    (void)state;
    take_at(0, 1000);
    assert_int_equal(agencies[0].silent_s, TOP_NEVER);
    take_at(1, 1001);
    assert_int_equal(agencies[0].silent_s, 0);
    take_at(71, 1001);
    assert_int_equal(agencies[0].silent_s, 70);
    assert_int_equal(agencies[1].silent_s, TOP_NEVER);
}

// Also when the server that has said it is gone.
static void what_a_server_said_stays_true(void **state) {
    (void)state;
    agencies[1].silent_s = 30;
    take_at(0, 1000);
    assert_int_equal(agencies[1].silent_s, 30);
    agencies[1].silent_s = TOP_NEVER;
    take_at(10, 1000);
    assert_int_equal(agencies[1].silent_s, 40);
    agencies[1].silent_s = 2;
    take_at(20, 1000);
    assert_int_equal(agencies[1].silent_s, 2);
    agencies[1].silent_s = 5000; // before this machine had a clock
    take_at(21, 1000);
    assert_int_equal(agencies[1].silent_s, 120);
}

static void agencies_may_come_and_go(void **state) {
    (void)state;
    take_at(0, 1000);
    agencies[1].agency = 5;
    take_at(1, 1010);
    assert_int_equal(rate(), 100);
    facts.count = 0;
    take_at(2, 0);
    facts.count = 1;
    take_at(3, 1010);
    assert_int_equal(rate(), 0);
}

// A step is over when the next one has begun, and what came while nobody read is spread over all of it.
static void the_chart_has_the_steps_that_are_over(void **state) {
    (void)state;
    take_at(0, 1000);
    assert_int_equal(facts.chart_count, 0);
    take_at(1, 1040);
    take_at(2, 1040);
    assert_int_equal(facts.chart_count, 1);
    assert_int_equal((int)facts.chart[0], 20);
    take_at(8, 1640);
    assert_int_equal(facts.chart_count, 4);
    assert_int_equal((int)facts.chart[1], 0);
    assert_int_equal((int)facts.chart[2], 100);
    assert_int_equal((int)facts.chart[3], 100);
    take_at(10, 1000); // some are gone
    assert_int_equal((int)facts.chart[4], 100);
    take_at(12, 1000);
    assert_int_equal((int)facts.chart[5], 0);
    take_at(100000, 11000);
    assert_int_equal(facts.chart_count, TOP_STEPS_MAX - 1);
    assert_int_equal(top_memory_age_s(&memory, 1000 * 100100), 100000);
}

int main(void) {
#define MEMORY_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(a_rate_is_of_the_last_five_to_ten_seconds),
        MEMORY_TEST(one_that_begins_anew),
        MEMORY_TEST(who_stores_something_was_heard_of),
        MEMORY_TEST(what_a_server_said_stays_true),
        MEMORY_TEST(agencies_may_come_and_go),
        MEMORY_TEST(the_chart_has_the_steps_that_are_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Polling agencies all ask, learn the result within the cap, and load the central as predicted.
// predicted. This is the bench's simulation of them.
#include "cmocka_all.h"

#include "bench/polling.h"

#include <stdarg.h>
#include <stddef.h>

static const struct polling_options many = {
    .agencies = 20000, .base_ms = 1000, .cap_ms = 10000, .draw_after_ms = 60000, .seed = 7};

static struct polling_result result;
static struct error error;

static int simulate(void **state) {
    (void)state;
    return polling_simulate(&many, &result, &error) ? 0 : -1;
}

static int free_result(void **state) {
    (void)state;
    polling_result_free(&result);
    return 0;
}

static uint64_t questions_between(uint32_t from_ms, uint32_t to_ms) {
    uint64_t questions = 0;
    for (uint32_t i = from_ms; i < to_ms; i++) {
        questions += result.questions[i];
    }
    return questions;
}

static void every_agency_learns_the_result_within_the_cap(void **state) {
    (void)state;
    assert_int_equal(result.after_ms.count, many.agencies);
    assert_true(result.after_ms.maximum <= many.cap_ms);
    assert_int_equal(questions_between(many.draw_after_ms, result.milliseconds), many.agencies);
    assert_int_equal(questions_between(0, result.milliseconds), result.total);
    assert_int_equal(result.questions[0], many.agencies);
}

// With waits from 0 to the cap, each agency asks every half cap in the mean: within 5 %, as 20,000 are many.
static void the_load_settles(void **state) {
    (void)state;
    uint64_t expected = 2ULL * many.agencies * 30000 / many.cap_ms;
    uint64_t found = questions_between(30000, 60000);
    assert_in_range(found, expected * 95 / 100, expected * 105 / 100);
}

static void the_same_seed_gives_the_same_run(void **state) {
    (void)state;
    struct polling_result again;
    assert_true(polling_simulate(&many, &again, &error));
    assert_int_equal(again.total, result.total);
    assert_int_equal(again.after_ms.maximum, result.after_ms.maximum);
    polling_result_free(&again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_agency_learns_the_result_within_the_cap),
        cmocka_unit_test(the_load_settles),
        cmocka_unit_test(the_same_seed_gives_the_same_run),
    };
    return cmocka_run_group_tests_name("polling", tests, simulate, free_result);
}

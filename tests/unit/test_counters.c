// Counters are declared in one table, and nothing that several threads add to them gets lost.
#include "cmocka_all.h"

#include "base/counters.h"

#include <pthread.h>
#include <string.h>

#define POST_COUNTERS(LINE)                                                                                  \
    LINE(COUNTER, letters_sent, "letters", "Letters that left the house")                                    \
    LINE(COUNTER, bytes_sent, "bytes", "What they weighed")                                                  \
    LINE(GAUGE, letters_waiting, "letters", "Letters that wait for the van")

COUNTERS_DECLARE(post, POST_COUNTERS);
COUNTERS_DEFINE(post, POST_COUNTERS);

static int set_up(void **state) {
    (void)state;
    post_counters.letters_sent.value = post_counters.bytes_sent.value = 0;
    post_counters.letters_waiting.value = 0;
    return 0;
}

static void a_table_says_what_is_counted(void **state) {
    (void)state;
    const struct counter *counters = post_counter_table.counters;
    assert_string_equal(post_counter_table.name, "post");
    assert_int_equal(post_counter_table.count, 3);
    assert_string_equal(counters[0].name, "letters_sent");
    assert_string_equal(counters[0].unit, "letters");
    assert_string_equal(counters[0].help, "Letters that left the house");
    assert_int_equal(counters[0].kind, COUNTER);
    assert_string_equal(counters[1].name, "bytes_sent");
    assert_string_equal(counters[2].name, "letters_waiting");
    assert_int_equal(counters[2].kind, GAUGE);
}

static void each_counts_for_itself_from_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < post_counter_table.count; i++) {
        assert_int_equal(counter_read(&post_counter_table.counters[i]), 0);
    }
    counter_add(&post_counters.letters_sent, 1);
    counter_add(&post_counters.letters_sent, 1);
    counter_add(&post_counters.bytes_sent, INT64_C(1) << 40);
    counter_add(&post_counters.letters_waiting, 3);
    counter_add(&post_counters.letters_waiting, -2);
    assert_int_equal(counter_read(&post_counter_table.counters[0]), 2);
    assert_int_equal(counter_read(&post_counter_table.counters[1]), INT64_C(1) << 40);
    assert_int_equal(counter_read(&post_counter_table.counters[2]), 1);
}

static void two_never_stand_in_one_cache_line(void **state) {
    (void)state;
    for (size_t i = 0; i < post_counter_table.count; i++) {
        assert_int_equal((uintptr_t)&post_counter_table.counters[i] % COUNTER_ALIGNMENT, 0);
    }
}

enum { THREADS = 4, ROUNDS = 500000 };

static pthread_barrier_t all_are_there;

static void *post_letters(void *argument) {
    (void)argument;
    pthread_barrier_wait(&all_are_there);
    for (int i = 0; i < ROUNDS; i++) {
        counter_add(&post_counters.letters_waiting, 1);
        counter_add(&post_counters.letters_sent, 1);
        counter_add(&post_counters.bytes_sent, 20);
        counter_add(&post_counters.letters_waiting, -1);
    }
    return NULL;
}

static void nothing_that_threads_add_is_lost(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    pthread_barrier_init(&all_are_there, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, post_letters, NULL), 0);
    }
    for (int64_t last = 0, now; last < ROUNDS;
         last = now) { // while they are at it, as whoever shows them does
        now = counter_read(&post_counters.letters_sent);
        assert_true(now >= last);
        assert_in_range(counter_read(&post_counters.letters_waiting), 0, THREADS);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&all_are_there);
    assert_int_equal(counter_read(&post_counters.letters_sent), THREADS * ROUNDS);
    assert_int_equal(counter_read(&post_counters.bytes_sent), 20 * THREADS * ROUNDS);
    assert_int_equal(counter_read(&post_counters.letters_waiting), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_table_says_what_is_counted, set_up),
        cmocka_unit_test_setup(each_counts_for_itself_from_nothing, set_up),
        cmocka_unit_test(two_never_stand_in_one_cache_line),
        cmocka_unit_test_setup(nothing_that_threads_add_is_lost, set_up),
    };
    return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}

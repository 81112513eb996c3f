// Counters are declared in one table, and nothing that several threads add to them gets lost.
#include "cmocka_all.h"

#include "base/counters.h"

#include <pthread.h>
#include <string.h>

#define POST_COUNTERS(LINE)                                                                                  \
    LINE(COUNTER, letters_sent, "letters", "Letters that left the house")                                    \
    LINE(COUNTER, bytes_sent, "bytes", "What they weighed")                                                  \
    LINE(GAUGE, letters_waiting, "letters", "Letters that wait for the van")                                 \
    LINE(HISTOGRAM, way_seconds, "seconds", "How long a letter took")                                        \
    LINE(HISTOGRAM, visit_seconds, "seconds", "How long the postman stayed")

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
    assert_int_equal(post_counter_table.count, 5);
    assert_string_equal(counters[0].name, "letters_sent");
    assert_string_equal(counters[0].unit, "letters");
    assert_string_equal(counters[0].help, "Letters that left the house");
    assert_int_equal(counters[0].kind, COUNTER);
    assert_string_equal(counters[1].name, "bytes_sent");
    assert_string_equal(counters[2].name, "letters_waiting");
    assert_int_equal(counters[2].kind, GAUGE);
    assert_string_equal(counters[3].name, "way_seconds");
    assert_int_equal(counters[3].kind, HISTOGRAM);
    assert_ptr_equal(&counters[3], &post_counters.way_seconds.counter);
}

static void each_counts_for_itself_from_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
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

static struct histogram_total visits(void) {
    return counter_read_histogram(&post_counters.visit_seconds.counter);
}

// Each bound is the longest of its own bucket, as Prometheus has it ("le").
static void a_duration_is_counted_up_to_every_bound_from_its_own(void **state) {
    (void)state;
    uint64_t sum_ns = 0;
    assert_int_equal(visits().count, 0);
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        assert_true(i == 0 || counter_bounds_ns[i] > counter_bounds_ns[i - 1]);
        counter_add_duration(&post_counters.visit_seconds, counter_bounds_ns[i]);
        counter_add_duration(&post_counters.visit_seconds, counter_bounds_ns[i] + 1);
        sum_ns += 2 * counter_bounds_ns[i] + 1;
    }
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        assert_int_equal(visits().up_to[i], 2 * i + 1);
    }
    assert_int_equal(visits().count, 2 * HISTOGRAM_BOUNDS);
    assert_int_equal(visits().sum_ns, sum_ns);
    assert_int_equal(counter_read_histogram(&post_counters.way_seconds.counter).count, 0);
}

static void two_threads_never_add_in_one_cache_line(void **state) {
    (void)state;
    const struct histogram_share *shares = post_counters.way_seconds.counter.shares;
    assert_int_equal((uintptr_t)shares % COUNTER_ALIGNMENT, 0);
    assert_int_equal(sizeof shares[0] % COUNTER_ALIGNMENT, 0);
    assert_ptr_not_equal(shares, post_counters.visit_seconds.counter.shares);
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
        counter_add_duration(&post_counters.way_seconds, 1000);
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
    struct histogram_total ways = counter_read_histogram(&post_counters.way_seconds.counter);
    assert_int_equal(ways.count, THREADS * ROUNDS);
    assert_int_equal(ways.sum_ns, UINT64_C(1000) * THREADS * ROUNDS);
    assert_int_equal(counter_read(&post_counters.letters_sent), THREADS * ROUNDS);
    assert_int_equal(counter_read(&post_counters.bytes_sent), 20 * THREADS * ROUNDS);
    assert_int_equal(counter_read(&post_counters.letters_waiting), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_table_says_what_is_counted, set_up),
        cmocka_unit_test_setup(each_counts_for_itself_from_nothing, set_up),
        cmocka_unit_test(two_never_stand_in_one_cache_line),
        cmocka_unit_test(a_duration_is_counted_up_to_every_bound_from_its_own),
        cmocka_unit_test(two_threads_never_add_in_one_cache_line),
        cmocka_unit_test_setup(nothing_that_threads_add_is_lost, set_up),
    };
    return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}

// Quantiles are exact to within the width of a bucket.
#include "cmocka_all.h"

#include "bench/histogram.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

static struct histogram histogram, other;

static int make_empty(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    memset(&other, 0, sizeof other);
    return 0;
}

static void nothing_counted_is_zero(void **state) {
    (void)state;
    assert_int_equal(histogram_quantile(&histogram, 0.5), 0);
    assert_int_equal(histogram_quantile(&histogram, 1), 0);
}

static void small_values_are_exact(void **state) {
    (void)state;
    for (uint64_t value = 1; value <= 100; value++) {
        histogram_add(&histogram, value);
    }
    assert_int_equal(histogram.count, 100);
    assert_int_equal(histogram_quantile(&histogram, 0.5), 50);
    assert_int_equal(histogram_quantile(&histogram, 0.63), 63);
    assert_int_equal(histogram_quantile(&histogram, 1), 100);
}

// Nine of ten values are not yet a fraction of 0.99.
static void ranks_are_rounded_up(void **state) {
    (void)state;
    for (uint64_t value = 1; value <= 10; value++) {
        histogram_add(&histogram, value);
    }
    assert_int_equal(histogram_quantile(&histogram, 0.99), 10);
    assert_int_equal(histogram_quantile(&histogram, 0.9), 9);
    assert_int_equal(histogram_quantile(&histogram, 0.901), 10);
    assert_int_equal(histogram_quantile(&histogram, 0), 1);
}

static void large_values_are_within_a_bucket(void **state) {
    (void)state;
    for (uint64_t value = 1; value < UINT64_MAX / 3; value = value * 3 + 1) {
        make_empty(NULL);
        histogram_add(&histogram, value);
        histogram_add(&histogram, UINT64_MAX); // so that the maximum does not limit the bucket
        uint64_t found = histogram_quantile(&histogram, 0.5);
        assert_true(found >= value);
        assert_true(found - value <= value / 64);
    }
}

static void no_quantile_is_beyond_the_maximum(void **state) {
    (void)state;
    histogram_add(&histogram, 1000000);
    assert_int_equal(histogram_quantile(&histogram, 0.5), 1000000);
    histogram_add(&histogram, UINT64_MAX);
    assert_true(histogram_quantile(&histogram, 1) == UINT64_MAX);
}

static void buckets_are_in_order(void **state) {
    (void)state;
    uint64_t previous = 0;
    for (int bit = 0; bit < 64; bit++) {
        for (int less = 1; less >= 0; less--) {
            uint64_t value = (UINT64_C(1) << bit) - (uint64_t)less;
            make_empty(NULL);
            histogram_add(&histogram, value);
            histogram_add(&histogram, UINT64_MAX);
            uint64_t found = histogram_quantile(&histogram, 0.5);
            assert_true(found >= value && found >= previous);
            previous = found;
        }
    }
}

static void merging_counts_both(void **state) {
    (void)state;
    for (uint64_t value = 1; value <= 30; value++) {
        histogram_add(value % 2 == 0 ? &histogram : &other, value);
    }
    histogram_merge(&histogram, &other);
    assert_int_equal(histogram.count, 30);
    assert_int_equal(histogram.maximum, 30);
    assert_int_equal(histogram_quantile(&histogram, 0.5), 15);
    histogram_add(&other, 500);
    histogram_merge(&histogram, &other);
    assert_int_equal(histogram.maximum, 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_counted_is_zero, make_empty),
        cmocka_unit_test_setup(small_values_are_exact, make_empty),
        cmocka_unit_test_setup(ranks_are_rounded_up, make_empty),
        cmocka_unit_test_setup(large_values_are_within_a_bucket, make_empty),
        cmocka_unit_test_setup(no_quantile_is_beyond_the_maximum, make_empty),
        cmocka_unit_test_setup(buckets_are_in_order, make_empty),
        cmocka_unit_test_setup(merging_counts_both, make_empty),
    };
    return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}

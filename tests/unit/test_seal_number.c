// A beacon's numbers are all equally likely, and follow from seal and output alone.
//
// Many more than a test takes: QUINIELA_NUMBERS=1000000000 build/release/tests/test_seal_number
#include "cmocka_all.h"

#include "seal/beacon_number.h"
#include "seal/big_endian.h"
#include "seal/limits.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SHORT_RUN = 200000 };
#else
enum { SHORT_RUN = 1000000 };
#endif

static uint64_t run_length(void) {
    const char *wanted = getenv("QUINIELA_NUMBERS");
    return wanted == NULL ? SHORT_RUN : strtoull(wanted, NULL, 10);
}

// The chi-square value of so many numbers that `share` of all stay below it, at `freedom` degrees (E. Wilson,
// M. Hilferty, "The distribution of chi-square", PNAS 17 (12), 1931); `deviate` is the share's normal
// deviate.
static double chi_square_at(double freedom, double deviate) {
    double part = 2 / (9 * freedom), root = 1 - part + deviate * sqrt(part);
    return freedom * root * root * root;
}

// Outputs from a fixed start, one after the other.
static void numbers_are_equally_likely(void **state) {
    (void)state;
    static uint64_t seen[SEAL_NUMBERS];
    uint8_t output[BEACON_OUTPUT_BYTES] = {0};
    struct hash seal, key;
    uint64_t count = run_length();
    hash_of("quiniela", 8, &seal);
    for (uint64_t i = 0; i < count; i++) {
        put_u64(output + sizeof output - 8, i);
        beacon_key_make(&seal, output, sizeof output, &key);
        uint32_t number = beacon_number(&key, SEAL_NUMBERS);
        assert_true(number < SEAL_NUMBERS);
        seen[number]++;
    }
    double expected = (double)count / SEAL_NUMBERS, sum = 0;
    for (size_t i = 0; i < SEAL_NUMBERS; i++) {
        double off = (double)seen[i] - expected;
        sum += off * off / expected;
    }
    const double deviate = 2.5758293; // 0.5 % beyond it on each side
    double low = chi_square_at(SEAL_NUMBERS - 1, -deviate), high = chi_square_at(SEAL_NUMBERS - 1, deviate);
    print_message("%" PRIu64 " numbers: chi-square %.1f, and 99 %% are between %.1f and %.1f\n", count, sum,
                  low, high);
    assert_true(sum >= low && sum <= high);
}

// Ranges in which a third of all words, and nearly half of them, are rejected.
static void words_beyond_the_last_whole_range_are_rejected(void **state) {
    (void)state;
    static const uint32_t ranges[] = {1, 2, 10000, 0x60000000, 0x80000001, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        uint64_t limit = (UINT64_C(1) << 32) / ranges[i] * ranges[i];
        uint64_t rejected = 0, tried = 20000;
        for (uint64_t j = 0; j < tried; j++) {
            struct hash key;
            uint32_t index = 0;
            hash_of(&j, sizeof j, &key);
            while (beacon_word(&key, index) >= limit) {
                index++;
            }
            rejected += index > 0;
            assert_int_equal(beacon_number(&key, ranges[i]), beacon_word(&key, index) % ranges[i]);
        }
        double share = 1 - (double)limit / 4294967296.0;
        assert_true(fabs((double)rejected / (double)tried - share) < 0.02);
    }
}

static void a_seal_is_a_minute_older_than_its_pulse(void **state) {
    (void)state;
    assert_true(beacon_time_holds(1000, 1060));
    assert_false(beacon_time_holds(1001, 1060));
    assert_false(beacon_time_holds(1060, 1060));
    assert_false(beacon_time_holds(1061, 1060));
    assert_false(beacon_time_holds(UINT64_MAX, 1060));
    assert_true(beacon_time_holds(0, UINT64_MAX));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_equally_likely),
        cmocka_unit_test(words_beyond_the_last_whole_range_are_rejected),
        cmocka_unit_test(a_seal_is_a_minute_older_than_its_pulse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

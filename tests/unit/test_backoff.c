// Waits are spread over a range that doubles up to its cap and is small again after a success.
#include "cmocka_all.h"

#include "agency/backoff.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { BASE_MS = 100, CAP_MS = 5000, SEEDS = 2000 };

// The shortest and the longest wait after `failures` failures, over many seeds.
static void measure(uint32_t failures, uint32_t *least, uint32_t *greatest) {
    *least = UINT32_MAX;
    *greatest = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct backoff backoff;
        backoff_init(&backoff, BASE_MS, CAP_MS, seed);
        uint32_t wait_ms = 0;
        for (uint32_t i = 0; i <= failures; i++) {
            wait_ms = backoff_next_ms(&backoff);
        }
        *least = wait_ms < *least ? wait_ms : *least;
        *greatest = wait_ms > *greatest ? wait_ms : *greatest;
    }
}

static void waits_fill_a_range_that_doubles_up_to_the_cap(void **state) {
    (void)state;
    static const uint32_t bounds[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000};
    for (uint32_t failures = 0; failures < sizeof bounds / sizeof bounds[0]; failures++) {
        uint32_t least, greatest;
        measure(failures, &least, &greatest);
        assert_in_range(greatest, bounds[failures] - bounds[failures] / 50, bounds[failures]);
        assert_in_range(least, 0, bounds[failures] / 50);
    }
}

static void a_success_makes_the_next_wait_short(void **state) {
    (void)state;
    struct backoff backoff;
    backoff_init(&backoff, BASE_MS, CAP_MS, 7);
    for (int round = 0; round < SEEDS; round++) {
        for (int i = 0; i < 10; i++) {
            backoff_next_ms(&backoff);
        }
        backoff_reset(&backoff);
        assert_in_range(backoff_next_ms(&backoff), 0, BASE_MS);
        assert_in_range(backoff_next_ms(&backoff), 0, 2 * BASE_MS);
    }
}

static void failing_for_ever_never_waits_longer_than_the_cap(void **state) {
    (void)state;
    struct backoff backoff;
    backoff_init(&backoff, BASE_MS, CAP_MS, 1);
    for (int i = 0; i < 100000; i++) {
        assert_in_range(backoff_next_ms(&backoff), 0, CAP_MS);
    }
    backoff.failures = UINT32_MAX; // as after years
    assert_in_range(backoff_next_ms(&backoff), 0, CAP_MS);
    assert_int_equal(backoff.failures, UINT32_MAX);
}

static void a_cap_below_the_base_holds(void **state) {
    (void)state;
    struct backoff backoff;
    backoff_init(&backoff, BASE_MS, 10, 1);
    for (int i = 0; i < SEEDS; i++) {
        assert_in_range(backoff_next_ms(&backoff), 0, 10);
    }
}

static void the_seed_decides(void **state) {
    (void)state;
    struct backoff one, same, other;
    backoff_init(&one, BASE_MS, CAP_MS, 42);
    backoff_init(&same, BASE_MS, CAP_MS, 42);
    backoff_init(&other, BASE_MS, CAP_MS, 43);
    int different = 0;
    for (int i = 0; i < 100; i++) {
        uint32_t wait_ms = backoff_next_ms(&one);
        assert_int_equal(backoff_next_ms(&same), wait_ms);
        different += backoff_next_ms(&other) != wait_ms;
    }
    assert_true(different > 90); // agencies do not come back together
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_fill_a_range_that_doubles_up_to_the_cap),
        cmocka_unit_test(a_success_makes_the_next_wait_short),
        cmocka_unit_test(failing_for_ever_never_waits_longer_than_the_cap),
        cmocka_unit_test(a_cap_below_the_base_holds),
        cmocka_unit_test(the_seed_decides),
    };
    return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}

// Random numbers are the published sequence, and none is likelier than another.
#include "cmocka_all.h"

#include "base/random.h"

static void the_sequence_is_the_published_one(void **state) {
    (void)state;
    // What splitmix64.c gives for the seed 1234567.
    static const uint64_t expected[] = {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                        4593380528125082431U, 16408922859458223821U};
    uint64_t random = 1234567;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(random_next(&random), expected[i]);
    }
}

static void numbers_stay_below_the_bound_and_reach_all_of_it(void **state) {
    (void)state;
    uint64_t random = 1;
    for (uint32_t bound = 1; bound <= 20; bound++) {
        uint32_t seen[20] = {0};
        for (int i = 0; i < 4000; i++) {
            uint32_t number = random_below(&random, bound);
            assert_true(number < bound);
            seen[number]++;
        }
        for (uint32_t i = 0; i < bound; i++) {
            assert_in_range(seen[i], 4000 / bound / 2, 4000 / bound * 2);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sequence_is_the_published_one),
        cmocka_unit_test(numbers_stay_below_the_bound_and_reach_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

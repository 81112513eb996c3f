// Trust: a server that is not what it should be ends nobody who has met a good one, nor anybody at once.
#include "cmocka_all.h"

#include "agency/trust.h"

enum { START_MS = 5000 };

static void a_minute_of_bad_ones_is_enough(void **state) {
    (void)state;
    struct trust trust = {0};
    assert_false(trust_bad(&trust, START_MS));
    assert_false(trust_bad(&trust, START_MS + 1));
    assert_false(trust_bad(&trust, START_MS + TRUST_MS - 1));
    assert_true(trust_bad(&trust, START_MS + TRUST_MS));
}

static void the_minute_begins_with_the_first_bad_one(void **state) {
    (void)state;
    struct trust trust = {0};
    assert_false(trust_bad(&trust, START_MS + 10 * TRUST_MS));
    assert_false(trust_bad(&trust, START_MS + 11 * TRUST_MS - START_MS));
    assert_true(trust_bad(&trust, START_MS + 11 * TRUST_MS));
}

static void one_good_server_is_enough_for_ever(void **state) {
    (void)state;
    struct trust before = {0}, between = {0};
    trust_good(&before);
    assert_false(trust_bad(&before, START_MS));
    assert_false(trust_bad(&before, START_MS + 1000L * TRUST_MS));
    assert_false(trust_bad(&between, START_MS));
    trust_good(&between);
    assert_false(trust_bad(&between, START_MS + 1000L * TRUST_MS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minute_of_bad_ones_is_enough),
        cmocka_unit_test(the_minute_begins_with_the_first_bad_one),
        cmocka_unit_test(one_good_server_is_enough_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Each sort and each agency has a budget of audit lines, and what is left out is counted.
#include "cmocka_all.h"

#include "audit/budget.h"

#include <stdlib.h>
#include <string.h>

static int set_up(void **state) {
    *state = calloc(1, sizeof(struct audit_budget));
    return *state == NULL;
}

static int tear_down(void **state) {
    free(*state);
    return 0;
}

static int count_allowed(struct audit_budget *budget, const struct audit_sort *sort, int records,
                         uint64_t now_ms) {
    int allowed = 0;
    for (int i = 0; i < records; i++) {
        allowed += audit_budget_allows(budget, sort, now_ms);
    }
    return allowed;
}

static void no_sort_takes_from_another(void **state) {
    const struct audit_sort plain = {"refused", "not_tls", NULL}, cut = {"refused", "cut_off", NULL},
                            seven = {"refused", "not_authorized", "7"},
                            eight = {"refused", "not_authorized", "8"}, connected = {"connected", NULL, "7"};
    for (uint64_t now_ms = 5000; now_ms < 8000; now_ms += 1000) {
        assert_int_equal(count_allowed(*state, &plain, 10000, now_ms), AUDIT_LIMIT);
        assert_int_equal(count_allowed(*state, &cut, 10000, now_ms), AUDIT_LIMIT);
        assert_int_equal(count_allowed(*state, &seven, 10000, now_ms), AUDIT_AGENCY_LIMIT);
        assert_int_equal(count_allowed(*state, &eight, 99, now_ms), 99);
        assert_int_equal(count_allowed(*state, &connected, 150, now_ms), AUDIT_AGENCY_LIMIT);
    }
}

static void what_is_left_out_is_told_once_a_second(void **state) {
    const struct audit_sort seven = {"refused", "not_authorized", "7"},
                            eight = {"refused", "not_authorized", "8"};
    struct audit_suppressed told;
    count_allowed(*state, &seven, 130, 5000);
    assert_true(audit_budget_take(*state, 5000, false, &told)); // nothing was told in this second
    assert_int_equal(told.count, 30);
    assert_false(audit_budget_take(*state, 5000, false, &told));
    count_allowed(*state, &seven, 3, 5500);
    count_allowed(*state, &eight, 102, 5500);
    assert_false(audit_budget_take(*state, 5999, false, &told));
    assert_true(audit_budget_take(*state, 6000, false, &told)); // of all agencies together
    assert_string_equal(told.reason, "not_authorized");
    assert_int_equal(told.count, 5);
    assert_false(audit_budget_take(*state, 6000, false, &told));
    count_allowed(*state, &seven, 101, 6100);
    assert_true(audit_budget_take(*state, 6100, true, &told)); // at the end
    assert_int_equal(told.count, 1);
}

#define BUDGET_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        BUDGET_TEST(no_sort_takes_from_another),
        BUDGET_TEST(what_is_left_out_is_told_once_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

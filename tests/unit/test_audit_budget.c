// Each sort of audit record and each agency has a budget, and what is left out is counted.
#include "cmocka_all.h"

#include "audit/budget.h"

#include <stdio.h>
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

// Also one without a reason, which others of its event may have.
static void each_sort_is_told_by_itself(void **state) {
    static const struct audit_sort sorts[] = {{"connected", NULL, NULL},
                                              {"connected", "late", NULL},
                                              {"refused", "late", NULL},
                                              {"refused", NULL, NULL}};
    struct audit_suppressed told;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(count_allowed(*state, &sorts[i], AUDIT_LIMIT + 1 + i, 5000), AUDIT_LIMIT);
        assert_int_equal(count_allowed(*state, &sorts[i], 10, 5999), 0);
    }
    for (int i = 0; i < 4; i++) {
        assert_true(audit_budget_take(*state, 6000, false, &told));
        assert_string_equal(told.event, sorts[i].event);
        assert_ptr_equal(told.reason, sorts[i].reason);
        assert_int_equal(told.count, 11 + i);
    }
    assert_false(audit_budget_take(*state, 7000, true, &told));
}

// Nor do those whose words differ in a last letter, or in whose they are, also when they come in turn.
static void similar_sorts_are_not_one(void **state) {
    static const struct audit_sort sorts[] = {
        {"refused", "late", NULL}, {"refused", "lath", NULL}, {"refuser", "late", NULL},
        {"seen", "7", NULL},       {"seen", NULL, "7"},       {"seen", NULL, "8"},
    };
    enum { SORTS = sizeof sorts / sizeof sorts[0] };
    for (int i = 0; i < SORTS; i++) {
        int most = sorts[i].agency == NULL ? AUDIT_LIMIT : AUDIT_AGENCY_LIMIT;
        assert_int_equal(count_allowed(*state, &sorts[i], most + 1, 5000), most);
    }
    for (int i = 0; i < SORTS; i++) {
        assert_int_equal(count_allowed(*state, &sorts[i], 1, 5000), 0);
    }
}

// Sorts beyond those that there is room for are counted with the last one.
static void more_sorts_than_places(void **state) {
    static char events[AUDIT_SORTS + 2][16];
    struct audit_suppressed told;
    int count = 0, places = 0;
    for (int i = 0; i < AUDIT_SORTS + 2; i++) {
        snprintf(events[i], sizeof events[i], "e%d", i);
        const struct audit_sort sort = {events[i], NULL, NULL};
        count_allowed(*state, &sort, AUDIT_LIMIT + 1, 5000);
    }
    for (; audit_budget_take(*state, 6000, false, &told); places++) {
        assert_string_equal(told.event, events[places]);
        count += (int)told.count;
    }
    assert_int_equal(places, AUDIT_SORTS);
    assert_int_equal(count, AUDIT_SORTS + 2);
    assert_int_equal(told.count, 3);
}

#define BUDGET_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        BUDGET_TEST(no_sort_takes_from_another),  BUDGET_TEST(what_is_left_out_is_told_once_a_second),
        BUDGET_TEST(each_sort_is_told_by_itself), BUDGET_TEST(similar_sorts_are_not_one),
        BUDGET_TEST(more_sorts_than_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

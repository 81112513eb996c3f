// Log lines are limited by reason, by address and by bytes, and what is left out is counted.
#include "cmocka_all.h"

#include "base/log_limit.h"

#include <stdlib.h>
#include <string.h>

static const struct log_reason bad_bet = {"apuestas_almacenadas", "bad_bet"},
                               accepted = {"accept_connections", ""};

static int set_up(void **state) {
    *state = calloc(1, sizeof(struct log_limit));
    return *state == NULL;
}

static int tear_down(void **state) {
    free(*state);
    return 0;
}

static bool allows(struct log_limit *limit, const struct log_reason *reason, uint64_t from, uint64_t now_ms) {
    return log_limit_allows(limit, reason, from, 2, now_ms, true);
}

static int count_allowed(struct log_limit *limit, const struct log_reason *reason, uint32_t from, int lines,
                         uint64_t now_ms) {
    int allowed = 0;
    for (int i = 0; i < lines; i++) {
        allowed += allows(limit, reason, from, now_ms);
    }
    return allowed;
}

static void a_hundred_a_second_of_one_reason_and_address(void **state) {
    struct log_limit *limit = *state;
    for (uint64_t second = 0; second < 3; second++) {
        assert_int_equal(count_allowed(limit, &bad_bet, 1, 150, second * 1000), LOG_LIMIT_LINES);
        assert_int_equal(count_allowed(limit, &bad_bet, 1, 150, second * 1000 + 999), 0);
        assert_int_equal(count_allowed(limit, &accepted, 1, 150, second * 1000 + 999), LOG_LIMIT_LINES);
        assert_int_equal(count_allowed(limit, &bad_bet, 2, 100, second * 1000 + 999), LOG_LIMIT_LINES);
        assert_true(allows(limit, &bad_bet, 0, second * 1000 + 999));
    }
}

// In each second, wherever it begins.
static void all_together_have_a_budget_of_bytes(void **state) {
    struct log_limit *limit = *state;
    static size_t bytes_at[5000];
    for (uint64_t now_ms = 0; now_ms < 5000; now_ms++) {
        for (uint64_t i = 0; i < 40; i++) {
            if (allows(limit, &bad_bet, 1000 * now_ms + i, 777 + now_ms)) {
                log_limit_charge(limit, 100);
                bytes_at[now_ms] += 100;
            }
        }
    }
    size_t in_second = 0, all = 0;
    for (size_t now_ms = 0; now_ms < 5000; now_ms++) {
        in_second += bytes_at[now_ms] - (now_ms >= 1000 ? bytes_at[now_ms - 1000] : 0);
        all += bytes_at[now_ms];
        assert_true(in_second <= LOG_LIMIT_BYTES + 200);
    }
    assert_in_range(all, 5 * LOG_LIMIT_BYTES_A_SECOND,
                    5 * LOG_LIMIT_BYTES_A_SECOND + LOG_LIMIT_BYTES_AT_ONCE + 100);
}

static void what_is_left_out_is_counted_by_reason(void **state) {
    struct log_limit *limit = *state;
    struct log_left_out told;
    assert_false(log_limit_take(limit, &told));
    count_allowed(limit, &bad_bet, 1, 130, 0);
    count_allowed(limit, &accepted, 1, 107, 0);
    assert_false(log_limit_allows(limit, &accepted, 1, 2, 0, false)); // that one will come again
    assert_true(log_limit_take(limit, &told));
    assert_string_equal(told.reason.error, "bad_bet");
    assert_int_equal(told.count, 30);
    assert_true(log_limit_take(limit, &told));
    assert_string_equal(told.reason.action, "accept_connections");
    assert_int_equal(told.count, 7);
    assert_false(log_limit_take(limit, &told));
    count_allowed(limit, &bad_bet, 1, 1, 0);
    assert_true(log_limit_take(limit, &told));
    assert_int_equal(told.count, 1);
}

static void more_reasons_than_places_are_counted_all_the_same(void **state) {
    struct log_limit *limit = *state;
    static char names[LOG_LIMIT_REASONS + 10][8];
    log_limit_charge(limit, 2 * LOG_LIMIT_BYTES);
    for (int i = 0; i < LOG_LIMIT_REASONS + 10; i++) {
        names[i][0] = (char)('0' + i / 10);
        names[i][1] = (char)('0' + i % 10);
        struct log_reason reason = {names[i], ""};
        assert_false(allows(limit, &reason, 0, 0));
    }
    struct log_left_out told;
    uint64_t all = 0;
    while (log_limit_take(limit, &told)) {
        all += told.count;
    }
    assert_int_equal(all, LOG_LIMIT_REASONS + 10);
}

// With more names than places nobody has more than alone, and each has something while there are places.
static void a_table_that_is_full_gives_less_and_never_more(void **state) {
    (void)state;
    static struct rate rate;
    for (uint64_t second = 1; second < 3; second++) {
        for (uint32_t i = 0; i < RATE_PLACES / 8; i++) {
            assert_int_equal(rate_count(&rate, rate_key(7, &i, sizeof i), second), 1);
        }
        for (uint32_t i = 0; i < 4 * RATE_PLACES; i++) {
            uint64_t key = rate_key(7, &i, sizeof i);
            uint32_t first = rate_count(&rate, key, second), then = rate_count(&rate, key, second);
            assert_true(first >= (i < RATE_PLACES / 8 ? 2 : 1));
            assert_int_equal(then, first + 1);
        }
    }
}

#define LIMIT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LIMIT_TEST(a_hundred_a_second_of_one_reason_and_address),
        LIMIT_TEST(all_together_have_a_budget_of_bytes),
        LIMIT_TEST(what_is_left_out_is_counted_by_reason),
        LIMIT_TEST(more_reasons_than_places_are_counted_all_the_same),
        cmocka_unit_test(a_table_that_is_full_gives_less_and_never_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

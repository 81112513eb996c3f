// A thread spends the part of its time that it is given.
#include "base/share.h"

#include "cmocka_all.h"

enum { MS = 1000000 };

// Work of 3 ms each, as soon as there is time for it, for ten seconds.
static void no_more_than_its_part_is_spent(void **state) {
    (void)state;
    struct share share;
    uint64_t spent_ns = 0;
    share_begin(&share, 5);
    for (uint64_t now_ns = 5; now_ns < 10000ULL * MS; now_ns += MS) {
        if (share_has_any(&share, now_ns)) {
            share_spend(&share, 3ULL * MS, 0);
            spent_ns += 3ULL * MS;
            now_ns += 3ULL * MS;
        }
    }
    assert_in_range(spent_ns, 2400ULL * MS, 2520ULL * MS);
}

static void little_is_saved_up(void **state) {
    (void)state;
    struct share share;
    share_begin(&share, 0);
    assert_true(share_has_any(&share, UINT64_MAX / 2));
    share_spend(&share, SHARE_SAVED_NS, 0);
    assert_false(share_has_any(&share, UINT64_MAX / 2));
}

static void what_is_reserved_is_spent_once(void **state) {
    (void)state;
    struct share share;
    share_begin(&share, 0);
    uint64_t reserved = share_reserve(&share);
    assert_int_equal(share.left_ns, SHARE_SAVED_NS - (int64_t)reserved);
    share_spend(&share, reserved + 7, reserved);
    assert_int_equal(share.left_ns, SHARE_SAVED_NS - (int64_t)reserved - 7);
}

// Whoever reserves again and again, and does nothing, has no more turns than there is time for.
static void reservations_end(void **state) {
    (void)state;
    struct share share;
    int turns = 0;
    share_begin(&share, 0);
    for (int i = 0; i < 80; i++) {
        share_spend(&share, 0, 0);
    }
    while (share_has_any(&share, 0)) {
        (void)share_reserve(&share);
        turns++;
    }
    assert_int_equal(turns, SHARE_SAVED_NS / SHARE_TYPICAL_NS_MIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_than_its_part_is_spent),
        cmocka_unit_test(little_is_saved_up),
        cmocka_unit_test(what_is_reserved_is_spent_once),
        cmocka_unit_test(reservations_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

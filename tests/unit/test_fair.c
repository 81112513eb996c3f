// However much one client sends, the others wait for only one of its turns.
#include "cmocka_all.h"

#include "base/fair.h"

#include <string.h>

enum { MANY = 1000 };

static struct fair *fair;
static struct fair_item items[MANY + 100];

static int set_up(void **state) {
    (void)state;
    fair = fair_new(4, 6);
    return fair == NULL;
}

static int tear_down(void **state) {
    (void)state;
    fair_free(fair);
    return 0;
}

struct waiting {
    uint32_t group;
    uint64_t source;
    unsigned turns;
};

static void wait_as(int index, struct waiting waiting) {
    struct fair_lane *lane = fair_lane(fair, waiting.group, waiting.source);
    assert_non_null(lane);
    fair_wait(lane, &items[index], waiting.turns);
}

#define wait_turns(index, ...) wait_as(index, (struct waiting){__VA_ARGS__})

// Who is next; its lane is released.
static int next(void) {
    struct fair_lane *lane;
    struct fair_item *item = fair_next(fair, &lane);
    if (item == NULL) {
        return -1;
    }
    assert_null(item->lane);
    fair_release(fair, lane);
    return (int)(item - items);
}

static void a_lane_keeps_its_order(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++) {
        wait_turns(i, .group = 1, .source = 1, .turns = 1);
    }
    for (int i = 0; i < 10; i++) {
        assert_int_equal(next(), i);
    }
    assert_int_equal(next(), -1);
}

static void a_group_waits_for_one_turn_of_each_other(void **state) {
    (void)state;
    for (int i = 0; i < MANY; i++) {
        wait_turns(i, .group = 1, .source = (uint64_t)i, .turns = 1); // from as many addresses
    }
    wait_turns(MANY, .group = 2, .source = 7, .turns = 1);
    wait_turns(MANY + 1, .group = 2, .source = 7, .turns = 1);
    assert_int_equal(next(), 0);
    assert_int_equal(next(), MANY);
    assert_int_equal(next(), 1);
    assert_int_equal(next(), MANY + 1);
    for (int i = 2; i < MANY; i++) {
        assert_int_equal(next(), i);
    }
}

static void an_address_waits_for_one_turn_of_each_other(void **state) {
    (void)state;
    for (int i = 0; i < MANY; i++) {
        wait_turns(i, .group = 1, .source = 3, .turns = 1);
    }
    for (int i = 0; i < 3; i++) {
        wait_turns(MANY + i, .group = 1, .source = 4, .turns = 1);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(next(), i);
        assert_int_equal(next(), MANY + i);
    }
    for (int i = 3; i < MANY; i++) {
        assert_int_equal(next(), i);
    }
}

static void what_costs_more_is_paid_with_turns(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        wait_turns(i, .group = 1, .source = 1, .turns = 10);
    }
    for (int i = 0; i < 30; i++) {
        wait_turns(100 + i, .group = 2, .source = 1, .turns = 1);
    }
    int before = 0; // of the second group before the dear one's third
    for (int taken; (taken = next()) != 2;) {
        before += taken >= 100;
    }
    assert_in_range(before, 18, 22);
    while (next() >= 0) {
    }
}

static void who_leaves_has_no_turn(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        wait_turns(i, .group = 1, .source = (uint64_t)(i / 2), .turns = 1);
    }
    for (int i = 1; i < 4; i++) {
        struct fair_lane *lane = items[i].lane;
        fair_leave(&items[i]);
        fair_leave(&items[i]);
        fair_release(fair, lane);
    }
    assert_int_equal(next(), 0);
    assert_int_equal(next(), -1);
}

static void limits_of_a_lane_and_of_its_group(void **state) {
    (void)state;
    struct fair_lane *one = fair_lane(fair, 1, 1), *two = fair_lane(fair, 1, 2),
                     *other = fair_lane(fair, 2, 1);
    assert_ptr_equal(one, fair_lane(fair, 1, 1));
    fair_release(fair, one);
    fair_begin(one, 3);
    assert_true(fair_has_room(one));
    fair_begin(one, 1);
    assert_false(fair_has_room(one));
    assert_true(fair_has_room(two));
    fair_wait(one, &items[0], 1);
    assert_null(fair_next_beside(one));
    fair_begin(two, 2);
    assert_false(fair_has_room(two));
    assert_true(fair_has_room(other));
    fair_wait(two, &items[1], 1);
    fair_end(two, 2);
    assert_ptr_equal(fair_next_beside(one), &items[1]); // one may have no more, two may
    assert_null(fair_next_beside(one));
    fair_end(one, 4);
    assert_ptr_equal(fair_next_beside(two), &items[0]);
    fair_release(fair, one);
    fair_release(fair, two);
    fair_release(fair, other);
}

#define FAIR_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FAIR_TEST(a_lane_keeps_its_order),
        FAIR_TEST(a_group_waits_for_one_turn_of_each_other),
        FAIR_TEST(an_address_waits_for_one_turn_of_each_other),
        FAIR_TEST(what_costs_more_is_paid_with_turns),
        FAIR_TEST(who_leaves_has_no_turn),
        FAIR_TEST(limits_of_a_lane_and_of_its_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Every server is tried before any is tried again, in an order that differs between agencies.
#include "cmocka_all.h"

#include "agency/route.h"

#include <stdio.h>
#include <string.h>

static struct addresses servers(uint32_t count) {
    struct addresses addresses = {.count = count};
    for (uint32_t i = 0; i < count; i++) {
        snprintf(addresses.list[i].text, sizeof addresses.list[i].text, "%u", i);
    }
    return addresses;
}

static uint32_t here(const struct route *route) {
    return (uint32_t)(route_here(route) - route->addresses->list);
}

static void a_single_server_is_always_used(void **state) {
    (void)state;
    struct addresses addresses = servers(1);
    struct route route;
    route_init(&route, &addresses, 7);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(route_here(&route)->text, "0");
        assert_false(route_next(&route)); // so the caller waits
    }
}

static void all_are_tried_before_any_is_tried_again(void **state) {
    (void)state;
    struct addresses addresses = servers(5);
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct route route;
        route_init(&route, &addresses, seed);
        for (int turn = 0; turn < 3; turn++) {
            unsigned tried = 1U << here(&route);
            while (route_next(&route)) {
                assert_int_equal(tried & (1U << here(&route)), 0);
                tried |= 1U << here(&route);
            }
            assert_int_equal(tried, 0x1f);
        }
    }
}

static void a_good_one_is_kept_and_the_others_count_afresh(void **state) {
    (void)state;
    struct addresses addresses = servers(3);
    struct route route;
    route_init(&route, &addresses, 1);
    assert_true(route_next(&route));
    uint32_t good = here(&route);
    route_good(&route);
    assert_int_equal(here(&route), good);
    assert_true(route_next(&route));
    assert_true(route_next(&route));
    assert_false(route_next(&route));
}

static void agencies_spread_over_the_servers(void **state) {
    (void)state;
    struct addresses addresses = servers(4);
    int first[4] = {0}, second_after_0[4] = {0};
    for (uint64_t seed = 0; seed < 4000; seed++) {
        struct route route;
        route_init(&route, &addresses, seed);
        uint32_t begins = here(&route);
        first[begins]++;
        if (begins == 0) {
            route_next(&route);
            second_after_0[here(&route)]++;
        }
    }
    for (int i = 0; i < 4; i++) {
        assert_in_range(first[i], 800, 1200);
        assert_in_range(second_after_0[i], i == 0 ? 0 : 250, i == 0 ? 0 : 420);
    }
}

static void the_same_seed_gives_the_same_order(void **state) {
    (void)state;
    struct addresses addresses = servers(8);
    struct route one, other;
    route_init(&one, &addresses, 42);
    route_init(&other, &addresses, 42);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(here(&one), here(&other));
        assert_int_equal(route_next(&one), route_next(&other));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_server_is_always_used),
        cmocka_unit_test(all_are_tried_before_any_is_tried_again),
        cmocka_unit_test(a_good_one_is_kept_and_the_others_count_afresh),
        cmocka_unit_test(agencies_spread_over_the_servers),
        cmocka_unit_test(the_same_seed_gives_the_same_order),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}

// Handshakes cost no more than they may, and whose is next is fair.
// By a clock of the test's own.
#include "cmocka_all.h"

#include "net/turns.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { COST_NS = 300000, MANY = 400, MS = 1000000 };

static struct turns *turns;
static uint64_t now_ns;

static int set_up(void **state) {
    (void)state;
    turns = calloc(1, sizeof *turns);
    now_ns = 77;
    turns_begin(turns, 1, now_ns);
    return turns == NULL;
}

static int tear_down(void **state) {
    (void)state;
    free(turns);
    return 0;
}

static void pass(uint64_t ns) {
    now_ns += ns;
    turns_advance(turns, now_ns);
}

static struct turn *enter(struct turn *turn, const char *address) {
    struct in6_addr bytes;
    assert_int_equal(inet_pton(AF_INET6, address, &bytes), 1);
    return turns_enter(turns, turn, bytes.s6_addr);
}

// All that can be spent now is, on the handshake.
static void use_up(struct turn *turn) {
    while (turns->budget_ns > 0) {
        turns_spend(turns, turn, COST_NS);
    }
}

static void nobody_waits_while_there_is_time(void **state) {
    (void)state;
    struct turn turn;
    assert_null(enter(&turn, "::ffff:10.0.0.1"));
    assert_true(turns_may_go(turns, &turn));
    use_up(&turn);
    assert_false(turns_may_go(turns, &turn));
    assert_null(turns_next(turns));
    pass(TURNS_SHARE * COST_NS + TURNS_SHARE);
    assert_true(turns_may_go(turns, &turn));
}

static void they_have_their_share_of_the_time_and_no_more(void **state) {
    (void)state;
    static struct turn flood[MANY];
    uint64_t spent_ns = 0;
    for (int i = 0; i < MANY; i++) {
        assert_null(enter(&flood[i], "::ffff:10.0.0.1"));
        turns_wait(turns, &flood[i], false);
    }
    use_up(&flood[0]);
    int64_t owed_ns = -turns->budget_ns;
    for (int i = 0; i < 100; i++) { // half a second
        pass(5 * MS);
        for (struct turn *turn; (turn = turns_next(turns)) != NULL; spent_ns += COST_NS) {
            turns_spend(turns, turn, COST_NS);
            turns_wait(turns, turn, false);
        }
    }
    assert_in_range(spent_ns, 500 * MS / TURNS_SHARE - (uint64_t)owed_ns,
                    500 * MS / TURNS_SHARE - (uint64_t)owed_ns + COST_NS);
}

static void time_that_nobody_wanted_is_not_saved_up_for_ever(void **state) {
    (void)state;
    pass(UINT64_C(3600) * 1000 * MS);
    assert_int_equal(turns->budget_ns, TURNS_SAVED_NS);
}

static void who_asks_most_waits_for_everybody_else(void **state) {
    (void)state;
    static struct turn flood[MANY], honest, other;
    for (int i = 0; i < MANY; i++) {
        enter(&flood[i], "::ffff:10.0.0.1");
    }
    use_up(&flood[0]);
    for (int i = 1; i < MANY; i++) {
        turns_wait(turns, &flood[i], false);
    }
    enter(&honest, "::ffff:10.0.0.2");
    enter(&other, "::ffff:10.0.0.3");
    assert_false(turns_may_go(turns, &honest)); // the time is used up
    turns_wait(turns, &honest, false);
    turns_wait(turns, &other, false);
    pass(20 * MS);
    assert_ptr_equal(turns_next(turns), &honest); // of the two, who came first
    assert_ptr_equal(turns_next(turns), &other);
    assert_ptr_equal(turns_next(turns), &flood[1]);
    assert_ptr_equal(turns_next(turns), &flood[2]);
}

static void what_was_spent_is_forgotten(void **state) {
    (void)state;
    struct turn flood, honest;
    enter(&flood, "::ffff:10.0.0.1");
    enter(&honest, "::ffff:10.0.0.2");
    use_up(&flood);
    pass(UINT64_C(60) * 1000 * MS);
    turns_spend(turns, &honest, COST_NS);
    turns_wait(turns, &honest, false);
    turns_wait(turns, &flood, false);
    assert_ptr_equal(turns_next(turns), &flood);
}

static void who_goes_on_with_a_session_is_first(void **state) {
    (void)state;
    struct turn first, second, third;
    enter(&first, "::ffff:10.0.0.1");
    enter(&second, "::ffff:10.0.0.1");
    enter(&third, "::ffff:10.0.0.2");
    turns_wait(turns, &first, false);
    turns_wait(turns, &third, false);
    turns_wait(turns, &second, true);
    turns_spend(turns, &first, COST_NS);
    assert_ptr_equal(turns_next(turns), &second);
    assert_ptr_equal(turns_next(turns), &third);
    assert_ptr_equal(turns_next(turns), &first);
}

static void who_only_says_so_is_not_believed_again_for_a_while(void **state) {
    (void)state;
    struct turn liar, honest;
    enter(&liar, "::ffff:10.0.0.1");
    enter(&honest, "::ffff:10.0.0.2");
    turns_lied(turns, &liar);
    turns_spend(turns, &honest, COST_NS);
    for (int again = 0; again < 2; again++) {
        turns_wait(turns, &liar, true);
        turns_wait(turns, &honest, true);
        assert_ptr_equal(turns_next(turns), again == 0 ? &honest : &liar);
        assert_non_null(turns_next(turns));
        pass(UINT64_C(60) * 1000 * MS);
        turns_spend(turns, &honest, COST_NS);
    }
}

static void a_lie_is_forgotten_after_ten_seconds(void **state) {
    (void)state;
    struct turn liar, honest;
    enter(&honest, "::ffff:10.0.0.2");
    enter(&liar, "::ffff:10.0.0.1");
    turns_lied(turns, &liar);
    pass(UINT64_C(9999) * MS);
    turns_wait(turns, &honest, false);
    turns_wait(turns, &liar, true); // who would be first
    assert_ptr_equal(turns_next(turns), &honest);
    assert_ptr_equal(turns_next(turns), &liar);
    pass(1 * MS);
    turns_wait(turns, &honest, false);
    turns_wait(turns, &liar, true);
    assert_ptr_equal(turns_next(turns), &liar);
}

static void too_many_of_one_address_replace_each_other(void **state) {
    (void)state;
    static struct turn flood[TURNS_UNFINISHED_MAX], more[3], honest;
    enter(&honest, "::ffff:10.0.0.2");
    for (int i = 0; i < TURNS_UNFINISHED_MAX; i++) {
        assert_null(enter(&flood[i], "::ffff:10.0.0.1"));
    }
    turns_wait(turns, &flood[0], false);
    assert_ptr_equal(enter(&more[0], "::ffff:10.0.0.1"), &flood[1]); // the oldest that lets us wait
    turns_leave(turns, &flood[1]);                                   // again: harmless
    turns_leave(turns, &flood[2]);
    assert_null(enter(&more[1], "::ffff:10.0.0.1"));
    for (int i = 3; i < TURNS_UNFINISHED_MAX; i++) {
        turns_wait(turns, &flood[i], false);
    }
    turns_wait(turns, &more[0], false);
    turns_wait(turns, &more[1], false);
    assert_ptr_equal(enter(&more[2], "::ffff:10.0.0.1"), &flood[0]); // all wait for us
    assert_int_equal(turns->waiting, TURNS_UNFINISHED_MAX - 1);
}

static void a_network_of_ipv6_is_one_address(void **state) {
    (void)state;
    struct turn here, there, elsewhere, v4, other_v4;
    enter(&here, "2001:db8:1:2::1");
    enter(&there, "2001:db8:1:2:ffff:ffff:ffff:ffff");
    enter(&elsewhere, "2001:db8:1:3::1");
    enter(&v4, "::ffff:10.0.0.1");
    enter(&other_v4, "::ffff:10.0.0.2");
    assert_int_equal(here.place, there.place);
    assert_int_not_equal(here.place, elsewhere.place);
    assert_int_not_equal(v4.place, other_v4.place);
}

static void addresses_are_spread_over_the_places(void **state) {
    (void)state;
    static unsigned counts[TURNS_PLACES];
    static struct turn all[16 * TURNS_PLACES];
    for (uint32_t i = 0; i < 16 * TURNS_PLACES; i++) {
        uint8_t address[16] = {[10] = 0xff,        [11] = 0xff,       10,
                               (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        turns_enter(turns, &all[i], address);
        counts[all[i].place]++;
    }
    for (int i = 0; i < TURNS_PLACES; i++) {
        assert_in_range(counts[i], 1, 48);
    }
    uint16_t before = all[0].place;
    memset(turns, 0, sizeof *turns);
    turns_begin(turns, 2, now_ns);
    enter(&all[0], "::ffff:10.0.0.0");
    assert_int_not_equal(all[0].place, before); // with another seed, another place
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_waits_while_there_is_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(they_have_their_share_of_the_time_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_that_nobody_wanted_is_not_saved_up_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_asks_most_waits_for_everybody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_spent_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_goes_on_with_a_session_is_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_only_says_so_is_not_believed_again_for_a_while, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lie_is_forgotten_after_ten_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_of_one_address_replace_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_network_of_ipv6_is_one_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses_are_spread_over_the_places, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}

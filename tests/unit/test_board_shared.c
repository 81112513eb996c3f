// Any server's board shows what all servers of a shared store do.
#include "servers_story.h"

#include "board_story.h"

#include "ledger/orders.h"

static struct store *open_to_read(void) {
    return open_draw("1", STORE_READ);
}

static int begin(void **state) {
    night_begin();
    night.open = open_to_read;
    return set_up_servers(state);
}

static int end(void **state) {
    night_end();
    return tear_down_servers(state);
}

#define BOARD_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

// The pulse is of a server that is asked for nothing.
static void what_another_server_stores_is_seen(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    look_after(0);
    assert_true(night.last->is_shared);
    assert_waits_for("agencies");
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 8, .next = 8);
    assert_stored(&servers[1], .agency = 2, .first = 0, .count = 5, .next = 5);
    look_after(1);
    assert_int_equal(night.last->bets, 13);
    assert_state(1, "sending");
    assert_int_equal(row_of(1)->heard_at, NOON + 1);
    assert_int_equal(row_of(2)->heard_at, NOON + 1);
    look_after(59);
    assert_stored(&servers[0], .agency = 2, .first = 5, .count = 1, .next = 6);
    look_after(1);
    assert_state(1, "silent");
    assert_state(2, "sending");
    assert_int_equal(row_of(1)->heard_at, NOON + 1);
    assert_int_equal(row_of(2)->heard_at, NOON + 61);
}

// Who is silent is so by a steady clock, whatever the hour is said to be.
static void who_is_silent_is_no_matter_of_the_hour(void **state) {
    (void)state;
    start(&servers[0], 2);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 8, .next = 8);
    look_after(0);
    assert_stored(&servers[0], .agency = 1, .first = 8, .count = 1, .next = 9);
    look_after(1);
    night.set_s = -3600;
    look_after(10);
    assert_state(1, "sending");
    assert_int_equal(row_of(1)->heard_at, NOON + 1 - 3600);
    look_after(50);
    assert_state(1, "silent");
    assert_stored(&servers[0], .agency = 1, .first = 9, .count = 1, .next = 10);
    look_after(1);
    night.set_s = 7200;
    look_after(10);
    assert_state(1, "sending");
    assert_int_equal(row_of(1)->heard_at, NOON + 62 + 7200);
    look_after(50);
    assert_state(1, "silent");
}

static void the_pace_is_that_of_all_servers(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    look_after(0);
    for (int64_t i = 0; i < 20; i++) {
        assert_stored(&servers[i % 2], .agency = 1, .first = 3 * i, .count = 3, .next = 3 * i + 3);
        look_after(1);
    }
    assert_int_equal(night.last->bets_10s, 30);
    assert_int_equal(night.last->bets_60s, 60);
    assert_true(row_of(1)->rate > 2 && row_of(1)->rate <= 3);
}

static void on_order(struct ledger_order *order) {
    assert_error(&order->answer.error, ERROR_NONE);
}

static void an_order_is_not_the_agencys_word(void **state) {
    struct ledger_order order = {
        .kind = ORDER_FINISH, .input = {.agency = 1, .is_sure = true}, .complete = on_order};
    (void)state;
    start(&servers[0], 2);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 8, .next = 8);
    look_after(1);
    assert_int_equal(row_of(1)->heard_at, 0);
    current = &servers[0];
    order_carry_out(servers[0].ledger, &order);
    order_free_answer(&order);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 18, .last = true, .next = 18);
    look_after(1);
    assert_state(1, "cut_off");
    assert_int_equal(row_of(1)->heard_at, 0);
    assert_state(2, "finished");
    assert_int_equal(row_of(2)->heard_at, NOON + 2);
    current = &servers[0];
    work_do(servers[0].ledger);
    look_after(1);
    assert_waits_for("telling");
    assert_int_equal(row_of(1)->winners, 1);
    assert_int_equal(row_of(2)->winners, 2);
}

// A board's connection that is kept must keep no transaction: that would hold up whoever changes the tables.
static void between_two_readings_nothing_is_held(void **state) {
    (void)state;
    start(&servers[0], 2);
    look_after(0);
    look_after(1);
    assert_int_equal(query_number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                  "AND state LIKE 'idle in transaction%'"),
                     0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BOARD_TEST(what_another_server_stores_is_seen),   BOARD_TEST(who_is_silent_is_no_matter_of_the_hour),
        BOARD_TEST(the_pace_is_that_of_all_servers),      BOARD_TEST(an_order_is_not_the_agencys_word),
        BOARD_TEST(between_two_readings_nothing_is_held),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

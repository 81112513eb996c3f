// An agency that was reset at one of several servers begins anew at all of them.
#include "servers_story.h"

#include "ledger/orders.h"

static struct ledger_order order;
static struct ledger_sender connections[SERVERS];

static void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &order);
}

static void give(struct server *server, enum ledger_order_kind kind, struct order_input input) {
    order_free_answer(&order);
    order = (struct ledger_order){.kind = kind, .complete = on_order, .input = input};
    order.input.is_sure = true;
    current = server;
    order_carry_out(server->ledger, &order);
}

static void assert_reset(struct server *server, uint32_t agency, bool already, uint64_t voided) {
    give(server, ORDER_RESET, (struct order_input){.agency = agency});
    assert_error(&order.answer.error, ERROR_NONE);
    assert_int_equal(order.answer.already, already);
    assert_int_equal(order.answer.voided, voided);
}

static void begin(uint32_t agencies) {
    memset(connections, 0, sizeof connections);
    start(&servers[0], agencies);
    start(&servers[1], agencies);
}

static void the_rest_is_refused_by_a_server_that_has_not_heard_of_it(void **state) {
    (void)state;
    struct ledger_sender *wrong = &connections[0];
    begin(2);
    assert_stored(&servers[0], .sender = wrong, .first = 0, .count = 5, .next = 5);
    assert_reset(&servers[1], 1, false, 5);
    assert_refused(&servers[0], ERROR_AGENCY_RESET, .sender = wrong, .first = 5, .count = 5);
    assert_refused(&servers[0], ERROR_AGENCY_RESET, .sender = wrong, .first = NO_FIRST, .count = 1);
    assert_bets(0);
}

static void nor_is_it_added_to_the_right_file(void **state) {
    (void)state;
    struct ledger_sender *wrong = &connections[0], *right = &connections[1];
    begin(2);
    assert_stored(&servers[0], .sender = wrong, .first = 0, .count = 5, .next = 5);
    assert_reset(&servers[1], 1, false, 5);
    assert_stored(&servers[1], .sender = right, .first = 0, .from = 10, .count = 5, .next = 5);
    assert_refused(&servers[0], ERROR_AGENCY_RESET, .sender = wrong, .first = 5, .count = 5);
    assert_int_equal(query_number("SELECT count(*) FROM bets"), 5);
}

// What a server knows of an agency may be from before the reset. Neither a resend nor a new connection of the
// right file is taken for the wrong one.
static void the_right_file_at_a_server_that_has_not_heard_of_it(void **state) {
    (void)state;
    begin(2);
    assert_stored(&servers[0], .first = 0, .count = 8, .next = 8);
    assert_stored(&servers[0], .first = 2, .count = 1, .next = 8); // its chunk is kept in memory
    assert_reset(&servers[1], 1, false, 8);
    assert_stored(&servers[1], .first = 0, .from = 10, .count = 5, .next = 5);
    assert_refused(&servers[0], ERROR_GAP, .sender = &connections[0], .first = 5, .from = 15, .count = 3);
    assert_stored(&servers[0], .sender = &connections[0], .first = 0, .from = 10, .count = 5, .next = 5);
    assert_stored(&servers[0], .sender = &connections[0], .first = 5, .from = 15, .count = 3, .next = 8);
    assert_stored(&servers[0], .sender = &connections[0], .first = 8, .from = 18, .count = 1, .next = 9);
    assert_stored(&servers[0], .sender = &connections[1], .first = 2, .from = 12, .count = 1, .next = 9);
    assert_refused(&servers[0], ERROR_CONFLICT, .sender = &connections[1], .first = 2, .count = 1);
}

// It has heard of the reset, and not of the bets that have come since.
static void the_right_file_goes_on_at_another_server(void **state) {
    (void)state;
    begin(2);
    assert_stored(&servers[0], .first = 0, .count = 8, .next = 8);
    assert_reset(&servers[0], 1, false, 8);
    assert_stored(&servers[1], .first = 0, .from = 10, .count = 5, .next = 5);
    assert_refused(&servers[0], ERROR_GAP, .sender = &connections[0], .first = 5, .from = 15, .count = 3);
    assert_stored(&servers[0], .sender = &connections[0], .first = 0, .from = 10, .count = 5, .next = 5);
    assert_stored(&servers[0], .sender = &connections[0], .first = 5, .from = 15, .count = 3, .next = 8);
}

// The same place has other bets now than those that the server has read.
static void a_resend_of_the_right_file(void **state) {
    (void)state;
    begin(2);
    assert_stored(&servers[0], .first = 0, .count = 8, .next = 8);
    assert_stored(&servers[0], .first = 2, .count = 1, .next = 8); // its chunk is kept in memory
    assert_reset(&servers[1], 1, false, 8);
    assert_stored(&servers[1], .first = 0, .from = 10, .count = 5, .next = 5);
    assert_stored(&servers[0], .sender = &connections[0], .first = 2, .from = 12, .count = 1, .next = 5);
}

// It sends again what is no longer there, and more.
static void a_resend_of_what_was_set_aside(void **state) {
    (void)state;
    begin(2);
    assert_stored(&servers[0], .sender = &connections[0], .first = 0, .count = 5, .next = 5);
    assert_reset(&servers[1], 1, false, 5);
    assert_refused(&servers[0], ERROR_AGENCY_RESET, .sender = &connections[0], .first = 3, .count = 5);
    assert_refused(&servers[0], ERROR_AGENCY_RESET, .sender = &connections[0], .first = 3, .count = 2);
    assert_bets(0);
}

static void an_agency_that_has_finished_is_waited_for_again(void **state) {
    (void)state;
    begin(2);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 5, .last = true, .next = 5);
    assert_reset(&servers[1], 1, false, 5);
    assert_stored(&servers[1], .agency = 2, .first = 0, .count = 3, .last = true, .next = 3);
    assert_int_equal(query_number("SELECT count(*) FROM draws WHERE state = 'open' AND finished = 1"), 1);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 8, .last = true, .next = 8);
    assert_int_equal(query_number("SELECT count(*) FROM draws WHERE state = 'sealed' AND voided = 5"), 1);
    give(&servers[1], ORDER_RESET, (struct order_input){.agency = 1});
    assert_error(&order.answer.error, ERROR_NOT_OPEN);
    assert_bets(11);
}

static void reset_elsewhere(void) {
    assert_reset(&servers[1], 1, false, 5);
}

// The same reset at two servers, and bets at the same time.
static void resets_that_meet(void **state) {
    (void)state;
    begin(2);
    assert_stored(&servers[0], .sender = &connections[0], .first = 0, .count = 5, .next = 5);
    servers[0].fault = LOSE_BEFORE;
    servers[0].meanwhile = reset_elsewhere;
    assert_refused(&servers[0], ERROR_AGENCY_RESET, .sender = &connections[0], .first = 5, .count = 3);
    assert_reset(&servers[0], 1, true, 0);
    assert_int_equal(query_number("SELECT voided FROM draws WHERE draw = '1'"), 5);
    assert_bets(0);
}

static int end(void **state) {
    order_free_answer(&order);
    order = (struct ledger_order){0};
    return tear_down_servers(state);
}

#define RESET_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_servers, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        RESET_TEST(the_rest_is_refused_by_a_server_that_has_not_heard_of_it),
        RESET_TEST(nor_is_it_added_to_the_right_file),
        RESET_TEST(the_right_file_at_a_server_that_has_not_heard_of_it),
        RESET_TEST(the_right_file_goes_on_at_another_server),
        RESET_TEST(a_resend_of_the_right_file),
        RESET_TEST(a_resend_of_what_was_set_aside),
        RESET_TEST(an_agency_that_has_finished_is_waited_for_again),
        RESET_TEST(resets_that_meet),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

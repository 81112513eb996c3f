// What an operator orders at one of several servers holds at all of them.
#include "logged.h"
#include "servers_story.h"

#include "ledger/access.h"
#include "ledger/orders.h"
#include "ledger/state.h"

static struct ledger_order order;

static void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &order);
}

// An order, meant unless it is `unsure`.
struct wish {
    struct order_input input;
    enum ledger_order_kind kind;
    bool unsure;
};

static void give_as(struct server *server, struct wish wish) {
    order_free_answer(&order);
    order = (struct ledger_order){.kind = wish.kind, .complete = on_order, .input = wish.input};
    order.input.is_sure = !wish.unsure;
    current = server;
    order_carry_out(server->ledger, &order);
}

static void assert_given(bool already, struct server *server, struct wish wish) {
    give_as(server, wish);
    assert_error(&order.answer.error, ERROR_NONE);
    assert_int_equal(order.answer.already, already);
}

#define give(server, ...) give_as(server, (struct wish){__VA_ARGS__})
#define assert_done(server, ...) assert_given(false, server, (struct wish){__VA_ARGS__})
#define assert_already(server, ...) assert_given(true, server, (struct wish){__VA_ARGS__})

static void look(struct server *server) {
    current = server;
    work_look(server->ledger);
    if (work_is_due(server->ledger)) {
        work_do(server->ledger);
    }
}

static void a_close_cuts_off_what_other_servers_have_stored(void **state) {
    (void)state;
    start(&servers[0], 4);
    start(&servers[1], 4);
    assert_stored(&servers[0], .agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_done(&servers[1], .kind = ORDER_CLOSE);
    assert_int_equal(order.answer.status.bets, 10);
    assert_int_equal(order.answer.status.missing_count, 1);
    assert_int_equal(order.answer.status.missing[0].from, 2);
    assert_int_equal(query_number("SELECT count(*) FROM agencies WHERE ending = 'close'"), 3);
    assert_refused(&servers[0], ERROR_DRAW_CLOSED, .agency = 2, .first = 8, .count = 1);
    assert_refused(&servers[0], ERROR_DRAW_CLOSED, .agency = 3, .first = 0, .count = 1);
    assert_refused(&servers[0], ERROR_AGENCY_FINISHED, .agency = 1, .first = 2, .count = 1);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_already(&servers[0], .kind = ORDER_CLOSE);
    look(&servers[0]);
    look(&servers[1]);
    assert_winners(&servers[0], 2, "7");
    assert_winners(&servers[1], 2, "7");
    assert_bets(10);
}

static void store_more(void) {
    assert_stored(&servers[1], .agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
}

static void close_elsewhere(void) {
    assert_done(&servers[1], .kind = ORDER_CLOSE);
}

static struct ledger_order other_order;

static void on_other_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &other_order);
}

// While `order` is under way.
static void close_elsewhere_too(void) {
    other_order =
        (struct ledger_order){.kind = ORDER_CLOSE, .complete = on_other_order, .input.is_sure = true};
    current = &servers[1];
    order_carry_out(servers[1].ledger, &other_order);
    assert_error(&other_order.answer.error, ERROR_NONE);
    assert_false(other_order.answer.already);
    order_free_answer(&other_order);
}

// Bets and a close at the same time: the bets are in the seal, or they are refused.
static void bets_that_meet_a_close(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    servers[0].fault = LOSE_BEFORE;
    servers[0].meanwhile = close_elsewhere;
    assert_refused(&servers[0], ERROR_DRAW_CLOSED, .agency = 1, .first = 0, .count = 3);
    assert_bets(0);
    assert_int_equal(query_number("SELECT finished FROM draws WHERE draw = '1'"), 2);
}

// The order of the second one is found done while it waits for the agencies' rows. It tells of nothing.
static void two_closes_at_once(void **state) {
    (void)state;
    start(&servers[0], 3);
    start(&servers[1], 3);
    assert_stored(&servers[0], .agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
    servers[0].before_lock = close_elsewhere_too;
    begin_logging();
    assert_already(&servers[0], .kind = ORDER_CLOSE);
    assert_null(servers[0].before_lock);
    assert_int_equal(order.answer.status.draw.state, DRAW_SEALED);
    assert_int_equal(order.answer.status.missing[0].from, 2);
    assert_int_equal(logged("action: agency_cut"), 2);
    assert_int_equal(logged("action: close_draw"), 1);
    end_logging();
}

static void an_agency_is_ended_that_another_server_knows_better(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_done(&servers[1], .kind = ORDER_FINISH, .input.agency = 2);
    assert_int_equal(order.answer.agency.bets, 8);
    assert_refused(&servers[0], ERROR_DRAW_CLOSED, .agency = 2, .first = 8, .count = 1);
    assert_already(&servers[0], .kind = ORDER_FINISH, .input.agency = 2);
    assert_stored(&servers[0], .agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
    assert_already(&servers[1], .kind = ORDER_FINISH, .input.agency = 1);
    assert_int_equal(query_number("SELECT count(*) FROM draws WHERE state = 'sealed'"), 1);
    assert_int_equal(query_number("SELECT finished FROM draws WHERE draw = '1'"), 2);
}

static void an_agency_has_finished_at_another_server(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    store_more();
    assert_already(&servers[0], .kind = ORDER_FINISH, .input.agency = 1);
    assert_int_equal(order.answer.agency.bets, 2);
}

static void look_for_the_draw(struct server *server) {
    current = server;
    for (int i = 0; i < 2 && server->drawn == 0; i++) {
        work_look(server->ledger);
    }
}

// Nothing of the dry run keeps the first server from seeing it.
static void a_draw_elsewhere_after_a_dry_run(void **state) {
    (void)state;
    number_mode = NUMBER_MANUAL;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_stored(&servers[1], .agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    assert_done(&servers[0], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER, .input.is_dry_run = true);
    assert_done(&servers[1], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    look(&servers[0]);
    assert_int_equal(servers[0].drawn, 1);
    assert_winners(&servers[0], 1, "7");
}

static void a_number_is_the_same_at_every_server(void **state) {
    (void)state;
    number_mode = NUMBER_MANUAL;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_stored(&servers[0], .agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    give(&servers[1], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER, .unsure = true);
    assert_error(&order.answer.error, ERROR_NEEDS_YES);
    look(&servers[0]);
    assert_int_equal(servers[0].drawn, 0); // there is no number yet
    assert_done(&servers[1], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER, .input.is_dry_run = true);
    assert_int_equal(order.answer.winners, 1);
    assert_done(&servers[1], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    give(&servers[0], .kind = ORDER_DRAW, .input.number = 1);
    assert_error(&order.answer.error, ERROR_NUMBER_STORED);
    assert_already(&servers[0], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    assert_int_equal(order.answer.winners, 1);
    look_for_the_draw(&servers[0]);
    assert_winners(&servers[0], 1, "7");
    assert_winners(&servers[1], 1, "7");
}

static void draw_elsewhere(void) {
    assert_done(&servers[1], .kind = ORDER_DRAW, .input.number = 3);
}

// Two operators, two numbers: one of them wins, whatever is under way.
static void two_numbers_at_the_same_time(void **state) {
    (void)state;
    number_mode = NUMBER_MANUAL;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_stored(&servers[0], .agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    look(&servers[1]);
    draw_elsewhere();
    give(&servers[0], .kind = ORDER_DRAW, .input.number = WINNING_NUMBER);
    assert_error(&order.answer.error, ERROR_NUMBER_STORED);
    assert_int_equal(query_number("SELECT winning_number FROM draws WHERE draw = '1'"), 3);
}

// By the database's clock, at the commit of whoever has bets: the server closes the draw, and decides again.
static void a_cut_off_holds_at_every_server(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 5, .next = 5);
    assert_done(&servers[1], .kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 3);
    servers[1].time = "2025-12-31T23:59:00Z";
    assert_done(&servers[1], .kind = ORDER_CHANGE, .input.changes_cutoff = true,
                .input.closes_at = "2026-01-01T00:00:00Z", .input.closes_text = "2026-01-01T00:00Z");
    assert_refused(&servers[0], ERROR_DRAW_CLOSED, .agency = 2, .first = 0, .count = 1);
    assert_int_equal(query_number("SELECT count(*) FROM agencies WHERE ending = 'close'"), 3);
    assert_bets(5);
    look(&servers[1]);
    assert_int_equal(servers[0].drawn + servers[1].drawn, 1);
}

// What is due by the database's clock is not yet seen: the server looks once a second.
static void set_cutoff(struct server *server) {
    server->time = "2025-12-31T23:59:00Z";
    assert_done(server, .kind = ORDER_CHANGE, .input.changes_cutoff = true,
                .input.closes_at = "2026-01-01T00:00:00Z", .input.closes_text = "2026-01-01T00:00Z");
    assert_null(server->time);
}

static const struct wish no_cutoff = {.kind = ORDER_CHANGE, .input.changes_cutoff = true};

static void assert_cut_off(void) {
    assert_int_equal(
        query_number(
            "SELECT count(*) FROM draws WHERE draw = '1' AND state <> 'open' AND closed_at > closes_at"),
        1);
    assert_int_equal(query_number("SELECT count(*) FROM agencies WHERE ending = 'close'"), 2);
    assert_bets(5);
}

static void start_with_bets(void) {
    start(&servers[0], 2);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 5, .next = 5);
}

// Whichever order is the first after the cut-off, the draw is closed before it.
static void a_cut_off_that_no_server_has_seen(void **state) {
    static const struct wish wishes[] = {
        {.kind = ORDER_CHANGE, .input.changes_cutoff = true},
        {.kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 3},
        {.kind = ORDER_RESET, .input.agency = 1},
        {.kind = ORDER_RESET, .input.agency = 1, .unsure = true},
        {.kind = ORDER_FINISH, .input.agency = 1},
        {.kind = ORDER_FINISH, .input.agency = 1, .unsure = true},
        {.kind = ORDER_CLOSE},
        {.kind = ORDER_CLOSE, .unsure = true},
        {.kind = ORDER_DRAW, .input.number = 1},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        bool is_already = wishes[i].kind == ORDER_FINISH || wishes[i].kind == ORDER_CLOSE;
        start_with_bets();
        set_cutoff(&servers[0]);
        give_as(&servers[0], wishes[i]);
        assert_error(&order.answer.error, is_already                     ? ERROR_NONE
                                          : wishes[i].kind == ORDER_DRAW ? ERROR_NUMBER_FIXED
                                                                         : ERROR_NOT_OPEN);
        assert_int_equal(order.answer.already, is_already);
        assert_cut_off();
        tear_down_servers(state);
        set_up_servers(state);
    }
}

// The order waits for whoever holds the draw, and the cut-off comes meanwhile: what counts is the time at
// which it has the draw.
static void a_cut_off_that_comes_while_an_order_waits(void **state) {
    static const struct wish wishes[] = {
        {.kind = ORDER_CHANGE, .input.changes_cutoff = true},
        {.kind = ORDER_RESET, .input.agency = 1},
        {.kind = ORDER_FINISH, .input.agency = 1},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        start_with_bets();
        set_cutoff(&servers[0]);
        servers[0].time = "2025-12-31T23:59:59Z"; // when the order begins
        servers[0].locked = 0;
        give_as(&servers[0], wishes[i]);
        assert_error(&order.answer.error, wishes[i].kind == ORDER_FINISH ? ERROR_NONE : ERROR_NOT_OPEN);
        assert_int_equal(order.answer.already, wishes[i].kind == ORDER_FINISH);
        assert_true(servers[0].locked >= 1); // it was still ahead before
        assert_cut_off();
        tear_down_servers(state);
        set_up_servers(state);
    }
}

// The database was away at the cut-off, and the order is what opens it again.
static void a_cut_off_while_the_database_was_away(void **state) {
    (void)state;
    start_with_bets();
    set_cutoff(&servers[0]);
    current = &servers[0];
    access_lose(servers[0].ledger);
    give_as(&servers[0], no_cutoff);
    assert_error(&order.answer.error, ERROR_NOT_OPEN);
    assert_cut_off();
}

// The close is done, and what is said of it cannot be read.
static void a_cut_off_whose_close_loses_the_database(void **state) {
    (void)state;
    start_with_bets();
    set_cutoff(&servers[0]);
    servers[0].reads_lost = 1;
    give_as(&servers[0], no_cutoff);
    assert_int_equal(servers[0].reads_lost, 0);
    assert_error(&order.answer.error, ERROR_NOT_OPEN);
    assert_cut_off();
}

// The server's own clock is an hour behind: what is ahead for it has passed.
static void a_cut_off_is_read_by_the_databases_clock(void **state) {
    (void)state;
    const struct wish wish = {.kind = ORDER_CHANGE,
                              .input = {.changes_cutoff = true,
                                        .closes_at = "2999-01-01T00:30:00Z",
                                        .closes_text = "2999-01-01T00:30Z"}};
    struct error error;
    start(&servers[0], 2);
    servers[0].time = "2999-01-01T01:00:00Z";
    give_as(&servers[0], wish);
    assert_error(&order.answer.error, ERROR_BAD_CHANGE);
    assert_non_null(strstr(order.answer.error.text, "has passed, by the database's clock"));
    assert_int_equal(query_number("SELECT count(*) FROM draws WHERE draw = '1' AND closes_at IS NULL"), 1);
    closes_text = "2998-01-01T00:30Z";
    servers[1].time = "2998-01-01T01:00:00Z";
    assert_false(try_start(&servers[1], 2, &error));
    assert_non_null(strstr(error.text, "has passed"));
    give_as(&servers[0], wish);
    assert_error(&order.answer.error, ERROR_NONE);
}

static void a_close_is_at_the_databases_time(void **state) {
    (void)state;
    start(&servers[0], 2);
    servers[0].time = "2999-01-01T01:00:00Z";
    assert_done(&servers[0], .kind = ORDER_CLOSE);
    assert_string_equal(order.answer.status.draw.closed_at, "2999-01-01T01:00:00Z");
    assert_string_equal(order.answer.status.draw.sealed_at, "2999-01-01T01:00:00Z");
}

// A server that comes later, with the settings of before, opens the draw as it was ordered at another one.
static void a_change_holds_at_a_server_that_comes_later(void **state) {
    (void)state;
    start(&servers[0], 3);
    assert_stored(&servers[0], .agency = 1, .last = true, .first = 0, .count = 2, .next = 2);
    assert_done(&servers[0], .kind = ORDER_CHANGE, .input.changes_agencies = true, .input.agencies = 2);
    start(&servers[1], 3);
    assert_int_equal(query_number("SELECT agencies FROM draws"), 2);
    assert_int_equal(ledger_agencies(servers[1].ledger), 2);
    start(&servers[2], 1);
    assert_int_equal(query_number("SELECT agencies FROM draws"), 2);
}

// It does not end its agency by itself then.
static void a_last_chunk_without_bets_after_the_cut_off(void **state) {
    (void)state;
    start(&servers[0], 2);
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 5, .next = 5);
    servers[0].time = "2025-12-31T23:59:00Z";
    assert_done(&servers[0], .kind = ORDER_CHANGE, .input.changes_cutoff = true,
                .input.closes_at = "2026-01-01T00:00:00Z", .input.closes_text = "2026-01-01T00:00Z");
    assert_stored(&servers[0], .agency = 1, .first = 5, .last = true, .next = 5);
    assert_int_equal(query_number("SELECT count(*) FROM agencies WHERE ending = 'close'"), 2);
}

static int end(void **state) {
    number_mode = NUMBER_FIXED;
    closes_text = NULL;
    order_free_answer(&order);
    order = (struct ledger_order){0};
    return tear_down_servers(state);
}

// It locks the agency and commits, and says nothing of whether there is room.
static void one_that_stores_nothing_does_not_prove_the_store_good(void **state) {
    (void)state;
    struct ledger *ledger;
    start(&servers[0], 3);
    ledger = servers[0].ledger;
    assert_done(&servers[0], .kind = ORDER_FINISH, .input.agency = 1);
    ledger->failing = true;
    ledger->failure = CAUSE_DISK_FULL;
    assert_already(&servers[0], .kind = ORDER_FINISH, .input.agency = 1);
    assert_true(ledger->failing);
    assert_done(&servers[0], .kind = ORDER_FINISH, .input.agency = 2);
    assert_false(ledger->failing);
}

#define ORDER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_servers, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        ORDER_TEST(a_close_cuts_off_what_other_servers_have_stored),
        ORDER_TEST(bets_that_meet_a_close),
        ORDER_TEST(two_closes_at_once),
        ORDER_TEST(an_agency_is_ended_that_another_server_knows_better),
        ORDER_TEST(an_agency_has_finished_at_another_server),
        ORDER_TEST(a_draw_elsewhere_after_a_dry_run),
        ORDER_TEST(a_number_is_the_same_at_every_server),
        ORDER_TEST(two_numbers_at_the_same_time),
        ORDER_TEST(a_cut_off_holds_at_every_server),
        ORDER_TEST(a_cut_off_that_no_server_has_seen),
        ORDER_TEST(a_cut_off_that_comes_while_an_order_waits),
        ORDER_TEST(a_cut_off_while_the_database_was_away),
        ORDER_TEST(a_cut_off_whose_close_loses_the_database),
        ORDER_TEST(a_cut_off_is_read_by_the_databases_clock),
        ORDER_TEST(a_close_is_at_the_databases_time),
        ORDER_TEST(a_change_holds_at_a_server_that_comes_later),
        ORDER_TEST(a_last_chunk_without_bets_after_the_cut_off),
        ORDER_TEST(one_that_stores_nothing_does_not_prove_the_store_good),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

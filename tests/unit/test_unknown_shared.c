// What was stored although its connection was lost is found, answered and told once.
#include "logged.h"
#include "servers_story.h"

#include "ledger/orders.h"
#include "ledger/state.h"

static struct ledger_order order;
static char told[256]; // for the audit log, as "2 close 8, sealed, "

static void on_note(void *context, const struct ledger_note *note) {
    static const char *const names[] = {[LEDGER_NOTE_RESET] = "reset",
                                        [LEDGER_NOTE_RESET_ELSEWHERE] = "elsewhere",
                                        [LEDGER_NOTE_FINISHED] = "",
                                        [LEDGER_NOTE_SEALED] = "sealed",
                                        [LEDGER_NOTE_DRAWN] = "drawn"};
    size_t length = strlen(told);
    (void)context;
    if (note->kind == LEDGER_NOTE_FINISHED) {
        snprintf(told + length, sizeof told - length, "%u %s %d, ", note->agency,
                 agency_ending_name(note->ending), (int)note->bets);
    } else {
        snprintf(told + length, sizeof told - length, "%s %d, ", names[note->kind], (int)note->bets);
    }
}

static void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &order);
}

static void begin(uint32_t agencies, enum number_mode mode) {
    number_mode = mode;
    noted = on_note;
    start(&servers[0], agencies);
    told[0] = '\0';
}

static void give(enum ledger_order_kind kind, struct order_input input) {
    order_free_answer(&order);
    order = (struct ledger_order){.kind = kind, .complete = on_order, .input = input};
    order.input.is_sure = true;
    current = &servers[0];
    order_carry_out(servers[0].ledger, &order);
}

static void look(struct server *server) {
    current = server;
    work_look(server->ledger);
    if (work_is_due(server->ledger)) {
        work_do(server->ledger);
    }
}

// The connection of the order is lost so.
static void assert_done(enum commit_fault fault, enum ledger_order_kind kind, struct order_input input) {
    servers[0].fault = fault;
    give(kind, input);
    assert_error(&order.answer.error, ERROR_NONE);
    assert_false(order.answer.already);
}

// Nothing of it is done or told a second time.
static void assert_already(enum ledger_order_kind kind, struct order_input input) {
    char before[sizeof told];
    memcpy(before, told, sizeof before);
    give(kind, input);
    assert_error(&order.answer.error, ERROR_NONE);
    assert_true(order.answer.already);
    look(&servers[0]);
    assert_string_equal(told, before);
}

// Each story is told twice: with a connection that is lost before the commit, and one that is lost behind it.
static void tell_both(void **state, void (*story)(enum commit_fault fault)) {
    story(LOSE_BEFORE);
    (void)tear_down_servers(state);
    (void)set_up_servers(state);
    story(LOSE_AFTER);
}

static void close_draw(enum commit_fault fault) {
    begin(3, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    begin_logging();
    assert_done(fault, ORDER_CLOSE, (struct order_input){0});
    assert_int_equal(order.answer.status.missing_count, 1);
    assert_int_equal(order.answer.status.missing[0].to, 3);
    assert_int_equal(logged("action: agency_cut"), 3);
    end_logging();
    assert_string_equal(told, "1 close 0, 2 close 8, 3 close 0, sealed 0, ");
    assert_int_equal(query_number("SELECT count(*) FROM agencies WHERE ending = 'close'"), 3);
    assert_already(ORDER_CLOSE, (struct order_input){0});
}

static void a_close(void **state) {
    tell_both(state, close_draw);
}

// At the cut-off, which nobody orders.
static void keep_cutoff(enum commit_fault fault) {
    closes_text = "2998-01-01T00:00Z";
    begin(2, NUMBER_MANUAL);
    servers[0].time = "2998-01-01T00:00:00Z";
    servers[0].fault = fault;
    begin_logging();
    look(&servers[0]);
    assert_int_equal(logged("action: cutoff"), 1);
    end_logging();
    assert_string_equal(told, "1 close 0, 2 close 0, sealed 0, ");
    look(&servers[0]);
    assert_string_equal(told, "1 close 0, 2 close 0, sealed 0, ");
}

static void a_cut_off(void **state) {
    tell_both(state, keep_cutoff);
}

static void finish_agency(enum commit_fault fault) {
    const struct order_input second = {.agency = 2};
    begin(2, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    begin_logging();
    assert_done(fault, ORDER_FINISH, second);
    assert_int_equal(order.answer.agency.bets, 8);
    assert_int_equal(logged("action: agency_ended"), 1);
    end_logging();
    assert_string_equal(told, "2 operator 8, ");
    assert_already(ORDER_FINISH, second);
    assert_done(fault, ORDER_FINISH, (struct order_input){.agency = 1});
    assert_string_equal(told, "2 operator 8, 1 operator 0, sealed 0, ");
}

static void an_end(void **state) {
    tell_both(state, finish_agency);
}

static void reset_agency(enum commit_fault fault) {
    const struct order_input second = {.agency = 2};
    begin(2, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    begin_logging();
    assert_done(fault, ORDER_RESET, second);
    assert_int_equal(order.answer.voided, 8);
    assert_int_equal(order.answer.agency.bets, 8);
    assert_int_equal(logged("action: agency_reset"), 1);
    end_logging();
    assert_string_equal(told, "reset 8, ");
    assert_int_equal(query_number("SELECT sum(count) FROM voided WHERE voiding = 1"), 8);
    assert_int_equal(query_number("SELECT voided FROM draws WHERE draw = '1'"), 8);
    assert_already(ORDER_RESET, second);
    assert_bets(0);
}

static void a_reset(void **state) {
    tell_both(state, reset_agency);
}

static void send_right_file(void) {
    assert_stored(&servers[1], .agency = 2, .first = 0, .count = 5, .next = 5);
}

// What the agency sends to another server after its reset is no longer the wrong file.
static void the_right_file_comes_before_the_answer(void **state) {
    (void)state;
    begin(2, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 8, .next = 8);
    start(&servers[1], 2);
    servers[0].after_loss = send_right_file;
    assert_done(LOSE_AFTER, ORDER_RESET, (struct order_input){.agency = 2});
    assert_int_equal(order.answer.voided, 8);
    assert_int_equal(query_number("SELECT voided FROM draws WHERE draw = '1'"), 8);
    assert_bets(5);
}

// Fewer agencies, all of which have finished: that seals the draw.
static void change_draw(enum commit_fault fault) {
    begin(2, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 1, .first = 0, .last = true, .count = 5, .next = 5);
    told[0] = '\0';
    begin_logging();
    assert_done(fault, ORDER_CHANGE, (struct order_input){.changes_agencies = true, .agencies = 1});
    assert_int_equal(order.answer.before.agencies, 2);
    assert_int_equal(logged("agencies: 2 → 1"), 1);
    end_logging();
    assert_string_equal(told, "sealed 0, ");
    look(&servers[0]);
    assert_string_equal(told, "sealed 0, ");
}

static void a_change(void **state) {
    tell_both(state, change_draw);
}

static void draw_number(enum commit_fault fault) {
    const struct order_input number = {.number = WINNING_NUMBER};
    begin(1, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 1, .first = 0, .last = true, .count = 8, .next = 8);
    told[0] = '\0';
    begin_logging();
    assert_done(fault, ORDER_DRAW, number);
    assert_int_equal(logged("action: sorteo"), 1);
    end_logging();
    assert_int_equal(order.answer.winners, 1);
    assert_string_equal(told, "drawn 8, ");
    assert_int_equal(query_number("SELECT count(*) FROM winners"), 1);
    assert_already(ORDER_DRAW, number);
}

static void a_number(void **state) {
    tell_both(state, draw_number);
}

// The draw that nobody orders: sealed with a chunk, and made with the number that it has.
static void finish_draw(enum commit_fault fault) {
    begin(1, NUMBER_FIXED);
    servers[0].fault = fault;
    assert_stored(&servers[0], .agency = 1, .first = 0, .last = true, .count = 8, .next = 8);
    assert_string_equal(told, "1 finished 8, sealed 0, ");
    servers[0].fault = fault;
    look(&servers[0]);
    look(&servers[0]);
    assert_string_equal(told, "1 finished 8, sealed 0, drawn 8, ");
    assert_int_equal(servers[0].drawn, 1);
}

static void a_draw_by_itself(void **state) {
    tell_both(state, finish_draw);
}

static void last_one_finishes(void) {
    assert_stored(&servers[1], .agency = 2, .first = 0, .last = true, .count = 5, .next = 5);
}

// A close that was lost before it changed anything, of a draw that has sealed itself meanwhile.
static void a_seal_of_another_server(void **state) {
    (void)state;
    begin(2, NUMBER_MANUAL);
    assert_stored(&servers[0], .agency = 1, .first = 0, .last = true, .count = 8, .next = 8);
    start(&servers[1], 2);
    current = &servers[0];
    servers[0].puts_lost = 1;
    servers[0].before_open = last_one_finishes;
    begin_logging();
    give(ORDER_CLOSE, (struct order_input){0});
    assert_error(&order.answer.error, ERROR_NONE);
    assert_true(order.answer.already);
    assert_int_equal(logged("action: close_draw"), 0);
    end_logging();
}

// The new connection, too.
static void a_connection_that_is_lost_again(void **state) {
    (void)state;
    begin(2, NUMBER_MANUAL);
    servers[0].opens_lost = 3;
    assert_done(LOSE_BEFORE, ORDER_FINISH, (struct order_input){.agency = 2});
}

// A seal that is found with the order of the number.
static void the_seal_is_told_before_the_draw(void **state) {
    (void)state;
    begin(1, NUMBER_MANUAL);
    servers[0].fault = LOSE_AFTER;
    servers[0].opens_lost = 20;
    assert_refused(&servers[0], ERROR_STORE_FAILED, .agency = 1, .first = 0, .last = true, .count = 8);
    servers[0].opens_lost = 0;
    give(ORDER_DRAW, (struct order_input){.number = WINNING_NUMBER});
    assert_error(&order.answer.error, ERROR_NONE);
    assert_string_equal(told, "sealed 0, drawn 8, ");
}

// What was found to be stored is counted once, in the counts of a database that is away.
static void bets_are_counted_once(void **state) {
    (void)state;
    begin(2, NUMBER_MANUAL);
    servers[0].fault = LOSE_AFTER;
    assert_stored(&servers[0], .agency = 1, .first = 0, .count = 8, .next = 8);
    servers[0].reads_lost = servers[0].opens_lost = 100;
    give(ORDER_STATUS, (struct order_input){0});
    assert_true(order.answer.status.store_fails);
    assert_int_equal(order.answer.status.bets, 8);
}

static void second_finishes(void) {
    assert_stored(&servers[1], .agency = 1, .first = 0, .last = true, .count = 5, .next = 5);
}

// Which this server has not heard of.
static void a_reset_of_one_that_has_finished_elsewhere(void **state) {
    (void)state;
    number_mode = NUMBER_MANUAL;
    start_new(&servers[0], 3);
    start(&servers[1], 3);
    second_finishes();
    give(ORDER_DRAW, (struct order_input){.number = WINNING_NUMBER});
    assert_non_null(strstr(order.answer.error.text, "1 of 3 agencies"));
    give(ORDER_RESET, (struct order_input){.agency = 1});
    assert_error(&order.answer.error, ERROR_NONE);
    give(ORDER_DRAW, (struct order_input){.number = WINNING_NUMBER});
    assert_non_null(strstr(order.answer.error.text, "0 of 3 agencies"));
    servers[0].reads_lost = servers[0].opens_lost = 100;
    give(ORDER_STATUS, (struct order_input){0});
    assert_true(order.answer.status.store_fails);
    assert_int_equal(order.answer.status.finished, 0);
}

static void an_order_for_an_erased_draw(void **state) {
    (void)state;
    begin(2, NUMBER_MANUAL);
    error_set(&servers[0].ledger->erased, ERROR_DRAW_ERASED, "erased");
    give(ORDER_FINISH, (struct order_input){.agency = 2});
    assert_error(&order.answer.error, ERROR_DRAW_ERASED);
}

static int end(void **state) {
    number_mode = NUMBER_FIXED;
    closes_text = NULL;
    noted = NULL;
    order_free_answer(&order);
    order = (struct ledger_order){0};
    return tear_down_servers(state);
}

#define UNKNOWN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_servers, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        UNKNOWN_TEST(a_seal_of_another_server),
        UNKNOWN_TEST(a_connection_that_is_lost_again),
        UNKNOWN_TEST(the_seal_is_told_before_the_draw),
        UNKNOWN_TEST(bets_are_counted_once),
        UNKNOWN_TEST(a_reset_of_one_that_has_finished_elsewhere),
        UNKNOWN_TEST(an_order_for_an_erased_draw),
        UNKNOWN_TEST(a_close),
        UNKNOWN_TEST(a_cut_off),
        UNKNOWN_TEST(an_end),
        UNKNOWN_TEST(a_reset),
        UNKNOWN_TEST(the_right_file_comes_before_the_answer),
        UNKNOWN_TEST(a_change),
        UNKNOWN_TEST(a_number),
        UNKNOWN_TEST(a_draw_by_itself),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

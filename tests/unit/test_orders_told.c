// Of an audit log each order of this draw is told, up to where its chain breaks.
#include "cmocka_all.h"

#include "audit/audit.h"
#include "audit/events.h"
#include "report/orders.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPENED = 1795726800, DRAWN = OPENED + 3600, HOUR_S = 3600 }; // 2026-11-26T21:00:00Z

static struct agency_facts agencies[3];
static struct facts facts;
static struct chain chain;
static int64_t now; // the time of the next record
static struct orders orders;
static char text[64 * 1024];
static size_t length;

// Of a night that is drawn with 7574, which was given by hand, or one that is still open.
static void begin_named(const char *draw, bool is_drawn) {
    struct error error;
    agencies[0] = (struct agency_facts){.agency = 1, .ending = AGENCY_FINISHED, .bets = 300};
    agencies[1] = (struct agency_facts){.agency = 2, .ending = AGENCY_FINISHED, .bets = 200};
    agencies[2] = (struct agency_facts){.agency = 4, .ending = AGENCY_ENDED};
    facts = (struct facts){.draw = {.state = is_drawn ? DRAW_DRAWN : DRAW_OPEN,
                                    .number_mode = NUMBER_MANUAL,
                                    .winning_number = 7574},
                           .opened_at = OPENED,
                           .drawn_at = is_drawn ? DRAWN : 0,
                           .agencies = agencies,
                           .count = 3,
                           .bets = 500,
                           .winners = 2};
    chain_begin(&chain);
    length = 0;
    now = OPENED;
    assert_true(orders_begin(&orders, &facts, draw, &error));
}

static void begin(bool is_open) {
    begin_named("1", !is_open);
}

static void end(void) {
    orders_end(&orders);
}

// chain_write has the time of the clock; a record here is of `now`.
static void add(const char *event, const struct audit_field *fields, size_t count) {
    struct chain before = chain;
    struct error error;
    char at[CHAIN_AT_BYTES];
    time_t time = (time_t)now;
    struct tm utc;
    size_t more = chain_write(&chain, event, fields, count, text + length);
    assert_true(strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &utc)) == 20);
    memcpy(strstr(text + length, "\"at\":\"") + 6, at, 20);
    chain = before;
    assert_true(chain_take(&chain, text + length, more - 1, &error));
    length += more;
    assert_true(length < sizeof text - CHAIN_LINE_BYTES_MAX);
}

static void add_order(const char *draw, const char *order, const char *user) {
    const struct audit_field fields[] = {{.name = AUDIT_DRAW, .text = draw},
                                         {.name = "order", .text = order},
                                         {.name = "user", .text = user},
                                         {.name = "uid", .number = 0},
                                         {.name = "result", .text = "done"}};
    add(AUDIT_ORDER, fields, 5);
}

static void add_start(const char *draw) {
    const struct audit_field field = {.name = AUDIT_DRAW, .text = draw};
    add(AUDIT_STARTED, &field, 1);
}

static void add_refusal(const char *agency) {
    const struct audit_field fields[] = {{.name = "reason", .text = "not_authorized"},
                                         {.name = "ip", .text = "192.0.2.1"},
                                         {.name = "agency", .text = agency}};
    add(AUDIT_REFUSED, fields, 3);
}

static void add_end(int64_t agency, int64_t bets, const char *ending) {
    const struct audit_field fields[] = {{.name = AUDIT_DRAW, .text = "1"},
                                         {.name = AUDIT_AGENCY, .number = agency},
                                         {.name = "bets", .number = bets},
                                         {.name = "ending", .text = ending}};
    add(AUDIT_FINISHED, fields, ending == NULL ? 3 : 4);
}

static void add_drawn(int64_t bets, int64_t winners) {
    const struct audit_field fields[] = {{.name = AUDIT_DRAW, .text = "1"},
                                         {.name = "winners", .number = winners},
                                         {.name = "bets", .number = bets}};
    add(AUDIT_DRAWN, fields, 3);
}

// From the start to the agencies' ends; then the draw and its order.
static void add_ends(void) {
    add_end(1, 300, NULL);
    add_end(2, 200, NULL);
    add_end(4, 0, "operator");
}

static void add_night(void) {
    add_start("1");
    add_ends();
}

static void add_draw(const char *order) {
    now = DRAWN;
    add_drawn(500, 2);
    add_order("1", order, "ana");
}

static bool read_all(void) {
    struct error error;
    FILE *stream = fmemopen(text, length, "r");
    assert_non_null(stream);
    bool done = orders_read(&orders, "audit.log", stream, &error);
    fclose(stream);
    return done;
}

static void orders_of_this_draw_are_told(void **state) {
    (void)state;
    begin(false);
    add_start("1");
    add_order("1", "draw draw=1 number=7574 yes=1", "ana\"<b>");
    add_order("2", "close draw=2", "eva");
    add(AUDIT_STOPPED, NULL, 0);
    assert_true(read_all());
    assert_string_equal(orders.broken, "");
    assert_int_equal(orders.told.count, 1);
    assert_string_equal(orders.list[0].text, "draw draw=1 number=7574 yes=1");
    assert_string_equal(orders.list[0].user, "ana\"<b>");
    assert_string_equal(orders.list[0].result, "done");
    assert_true(orders.list[0].at > 0);
    end();
}

static void a_number_is_hidden_before_the_draw(void **state) {
    (void)state;
    begin(true);
    add_order("1", "change number=0042 draw=1", "ana");
    add_order("1", "draw draw=1 number=7574", "ana");
    assert_true(read_all());
    assert_string_equal(orders.list[0].text, "change number=**** draw=1");
    assert_string_equal(orders.list[1].text, "draw draw=1 number=****");
    end();
}

static void what_a_server_records_is_of_its_draw(void **state) {
    (void)state;
    begin(false);
    add_start("1");
    add_refusal("3");
    add_refusal("3");
    add(AUDIT_STOPPED, &(struct audit_field){.name = "later", .text = "yes"}, 1);
    add_start("1");
    add(AUDIT_STOPPED, NULL, 0);
    add_start("2");
    add_refusal("4");
    assert_true(read_all());
    assert_int_equal(orders.told.start_count, 2);
    assert_false(orders.told.starts[0].was_killed);
    assert_true(orders.told.starts[1].was_killed);
    assert_int_equal(orders.told.refused.count, 1);
    assert_int_equal(orders.told.refused.rows[0].count, 2);
    assert_string_equal(orders.told.refused.rows[0].agency, "3");
    end();
}

static void nothing_is_told_behind_a_break(void **state) {
    (void)state;
    begin(false);
    add_order("1", "one", "ana");
    size_t at = length;
    add_order("1", "two", "ana");
    add_order("1", "three", "ana");
    memcpy(strstr(text + at, "two"), "TWO", 3);
    assert_true(read_all());
    assert_non_null(strstr(orders.broken, "audit.log: line 3"));
    assert_int_equal(orders.told.count, 2); // what is wrong with a line shows in the next one
    assert_true(read_all());
    assert_int_equal(orders.told.count, 2);
    end();
    begin(false);
    strcpy(text, "no record\n");
    length = strlen(text);
    assert_true(read_all());
    assert_string_equal(orders.broken, ""); // a later record may still say so
    orders_settle(&orders);
    assert_non_null(strstr(orders.broken, "line 1"));
    end();
}

// A server may be writing while its log is read.
static void a_record_that_is_being_written_breaks_nothing(void **state) {
    (void)state;
    begin(false);
    add_order("1", "one", "ana");
    add_order("1", "two", "ana");
    length -= 20;
    assert_true(read_all());
    orders_settle(&orders);
    assert_string_equal(orders.broken, "");
    assert_int_equal(orders.told.count, 1);
    end();
}

static void so_many_orders_are_told(void **state) {
    (void)state;
    begin(false);
    for (int i = 0; i < ORDERS_MAX + 7; i++) {
        length = 0;
        add_order("1", "x", "a");
        if (i > 0) { // each by itself: the chain goes on
            orders.chain.lines = 1;
        }
        assert_true(read_all());
    }
    assert_string_equal(orders.broken, "");
    assert_int_equal(orders.told.count, ORDERS_MAX + 7);
    end();
}

// The same name and files, and another store: the night before, and the one after.
static void other_nights_are_not_told(void **state) {
    (void)state;
    begin(false);
    now = OPENED - 24 * HOUR_S;
    add_start("1");
    add_refusal("7");
    add_order("1", "draw draw=1 number=1111 yes=1", "eva");
    now = OPENED - 60;
    add(AUDIT_STOPPED, NULL, 0);
    now = OPENED - 30;
    add_start("1");
    now = OPENED + 60;
    add_ends();
    add_refusal("3");
    add_draw("draw draw=1 number=7574 yes=1");
    now = DRAWN + 24 * HOUR_S;
    add(AUDIT_STOPPED, NULL, 0);
    add_start("1");
    add_order("1", "reset draw=1 agency=1 yes=1", "eva");
    add_end(1, 5, NULL);
    add_order("1", "draw draw=1 number=2222 yes=1", "eva");
    assert_true(read_all());
    orders_settle(&orders);
    assert_string_equal(orders.broken, "");
    assert_int_equal(orders.told.count, 1);
    assert_string_equal(orders.list[0].user, "ana");
    assert_int_equal(orders.told.start_count, 1);
    assert_int_equal(orders.told.starts[0].at, OPENED - 30);
    assert_int_equal(orders.told.refused.count, 1);
    assert_string_equal(orders.told.refused.rows[0].agency, "3");
    assert_int_equal(agreement_find(&orders.agreement), 0);
    end();
}

static void another_nights_log_has_no_record(void **state) {
    (void)state;
    begin(false);
    now = OPENED - 24 * HOUR_S;
    add_night();
    add_order("1", "draw draw=1 number=7574 yes=1", "eva");
    assert_true(read_all());
    assert_int_equal(orders.told.records, 0);
    assert_int_equal(orders.told.count, 0);
    assert_int_equal(orders.told.start_count, 0);
    assert_false(orders_are_whole(&orders));
    end();
    begin(false); // one that was started shortly before, and ended without opening it
    now = OPENED - 60;
    add_start("1");
    now = OPENED - 30;
    add(AUDIT_STOPPED, NULL, 0);
    assert_true(read_all());
    assert_int_equal(orders.told.records, 0);
    assert_int_equal(orders.told.start_count, 0);
    end();
}

static void a_whole_night_agrees(void **state) {
    (void)state;
    begin(false);
    add_night();
    add_draw("draw draw=1 number=7574 yes=1");
    assert_true(read_all());
    assert_int_equal(agreement_find(&orders.agreement), 0);
    assert_true(orders_are_whole(&orders));
    end();
}

// Whoever takes the last records away, or changes the last one, leaves a chain that holds.
static void a_tail_that_is_gone_is_found(void **state) {
    (void)state;
    begin(false);
    add_night();
    assert_true(read_all());
    assert_int_equal(agreement_find(&orders.agreement), DISAGREES_NOT_DRAWN | DISAGREES_NUMBER_ORDER);
    assert_false(orders_are_whole(&orders));
    end();
}

static void what_does_not_fit_the_store_is_found(void **state) {
    (void)state;
    begin(false);
    add_night();
    add_draw("draw draw=1 number=1234 yes=1");
    assert_true(read_all());
    assert_int_equal(agreement_find(&orders.agreement), DISAGREES_NUMBER);
    end();
    begin(false);
    add_night();
    add_order("1", "draw draw=1 number=7574 dry-run=1", "ana"); // which gives none
    now = DRAWN - 600;
    add_drawn(501, 2);
    assert_true(read_all());
    assert_int_equal(agreement_find(&orders.agreement),
                     DISAGREES_NUMBER_ORDER | DISAGREES_DRAWN_AT | DISAGREES_TOTALS);
    end();
    begin(false);
    facts.draw.number_mode = NUMBER_FIXED;
    add_start("1");
    add_end(1, 300, "operator");
    add_end(2, 200, NULL);
    add_order("1", "change draw=1 number=0042", "ana");
    now = DRAWN;
    add_drawn(500, 2);
    assert_true(read_all());
    assert_int_equal(agreement_find(&orders.agreement), DISAGREES_MODE | DISAGREES_ENDS);
    assert_true(agreement_differs(&orders.agreement, 0));
    assert_false(agreement_differs(&orders.agreement, 1));
    assert_true(agreement_differs(&orders.agreement, 2)); // no record of the order that ended it
    end();
}

// A name that a log cannot have as it is: bytes that are no UTF-8 are '?' in an audit log.
static void a_name_is_found_as_it_is_written(void **state) {
    (void)state;
    begin_named("a | \xFF\"b", false);
    add_order("a | \xFF\"b", "close draw=a", "ana");
    add_order("a | x\"b", "close draw=a", "ana");
    assert_true(read_all());
    assert_int_equal(orders.told.count, 1);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_of_this_draw_are_told),
        cmocka_unit_test(a_number_is_hidden_before_the_draw),
        cmocka_unit_test(what_a_server_records_is_of_its_draw),
        cmocka_unit_test(nothing_is_told_behind_a_break),
        cmocka_unit_test(a_record_that_is_being_written_breaks_nothing),
        cmocka_unit_test(so_many_orders_are_told),
        cmocka_unit_test(other_nights_are_not_told),
        cmocka_unit_test(another_nights_log_has_no_record),
        cmocka_unit_test(a_whole_night_agrees),
        cmocka_unit_test(a_tail_that_is_gone_is_found),
        cmocka_unit_test(what_does_not_fit_the_store_is_found),
        cmocka_unit_test(a_name_is_found_as_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

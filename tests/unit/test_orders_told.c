// Of an audit log each order of this draw is told, up to where its chain breaks.
#include "cmocka_all.h"

#include "audit/audit.h"
#include "audit/events.h"
#include "report/orders.h"

#include <stdlib.h>
#include <string.h>

static struct chain chain;
static struct orders orders;
static char text[64 * 1024];
static size_t length;

static void begin(bool hides_numbers) {
    struct error error;
    chain_begin(&chain);
    length = 0;
    assert_true(orders_begin(&orders, "1", hides_numbers, &error));
}

static void end(void) {
    orders_end(&orders);
}

static void add(const char *event, const struct audit_field *fields, size_t count) {
    length += chain_write(&chain, event, fields, count, text + length);
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
    assert_int_equal(orders.count, 1);
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
    assert_int_equal(orders.start_count, 2);
    assert_false(orders.starts[0].was_killed);
    assert_true(orders.starts[1].was_killed);
    assert_int_equal(orders.refused.count, 1);
    assert_int_equal(orders.refused.rows[0].count, 2);
    assert_string_equal(orders.refused.rows[0].agency, "3");
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
    assert_int_equal(orders.count, 2); // what is wrong with a line shows in the next one
    assert_true(read_all());
    assert_int_equal(orders.count, 2);
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
    assert_int_equal(orders.count, 1);
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
    assert_int_equal(orders.count, ORDERS_MAX + 7);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "report/orders.h"

#include "audit/events.h"
#include "base/moment.h"
#include "wire/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum field { AT, EVENT, DRAW, ORDER, USER, RESULT, REASON, AGENCY, COUNT, LATER, OF, STORED_AT, FIELDS };

static const char *const names[FIELDS] = {
    [AT] = "at",       [EVENT] = "event",   [DRAW] = AUDIT_DRAW, [ORDER] = AUDIT_ORDER,
    [USER] = "user",   [RESULT] = "result", [REASON] = "reason", [AGENCY] = AUDIT_AGENCY,
    [COUNT] = "count", [LATER] = "later",   [OF] = "of",         [STORED_AT] = "stored_at",
};

bool orders_begin(struct orders *orders, const char *draw, bool hides_numbers, struct error *error) {
    *orders = (struct orders){.draw = draw, .hides_numbers = hides_numbers};
    chain_begin(&orders->chain);
    orders->parser = json_parser_new();
    orders->list = calloc(ORDERS_MAX, sizeof *orders->list);
    return (orders->parser != NULL && orders->list != NULL) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the audit log");
}

void orders_end(struct orders *orders) {
    json_parser_free(orders->parser);
    free(orders->list);
    orders->parser = NULL;
    orders->list = NULL;
}

// Values --------------------------------------------------------------------------------------------------

static struct slice text_of(const struct json_value *value) {
    return value->kind == JSON_STRING ? (struct slice){value->text, value->text_length}
                                      : (struct slice){NULL, 0};
}

static bool is(const struct json_value *value, const char *text) {
    return value->kind == JSON_STRING && slice_is(text_of(value), text);
}

static void copy(char *to, size_t size, const struct json_value *value) {
    struct slice text = text_of(value);
    size_t length = text.length < size - 1 ? text.length : size - 1;
    if (text.text != NULL) {
        memcpy(to, text.text, length);
    }
    to[text.text == NULL ? 0 : length] = '\0';
}

static int64_t time_of(const struct json_value *value) {
    char text[MOMENT_BYTES];
    time_t at;
    copy(text, sizeof text, value);
    return moment_read(text, &at) ? (int64_t)at : 0;
}

static uint64_t count_of(const struct json_value *value) {
    return value->kind == JSON_INTEGER && value->integer > 0 ? (uint64_t)value->integer : 0;
}

// Records -------------------------------------------------------------------------------------------------

// Whoever knows the number before the draw could bet on it: `number=7574` is `number=****`.
static void hide_numbers(char *text) {
    static const char key[] = "number=";
    for (char *at = text; (at = strstr(at, key)) != NULL;) {
        at += sizeof key - 1;
        for (; *at != '\0' && *at != ' '; at++) {
            *at = '*';
        }
    }
}

static void take_order(struct orders *orders, const struct json_value *values, int64_t at) {
    if (orders->count++ >= ORDERS_MAX) {
        return;
    }
    struct order_told *order = &orders->list[orders->count - 1];
    order->at = at;
    copy(order->text, sizeof order->text, &values[ORDER]);
    copy(order->user, sizeof order->user, &values[USER]);
    copy(order->result, sizeof order->result, &values[RESULT]);
    if (orders->hides_numbers) {
        hide_numbers(order->text);
    }
}

// A server that was killed has its end recorded by the next one, just before that one's start.
static void take_start(struct orders *orders, const struct json_value *values, int64_t at, bool was_killed) {
    orders->is_known = true;
    orders->is_ours = is(&values[DRAW], orders->draw);
    if (!orders->is_ours) {
        return;
    }
    if (orders->start_count < ORDERS_STARTS_MAX) {
        orders->starts[orders->start_count] = (struct order_start){at, was_killed};
    }
    orders->start_count++;
}

static void take_of_draw(struct orders *orders, const struct json_value *values, int64_t at) {
    int64_t stored_at = time_of(&values[STORED_AT]); // where it was recorded later
    if (is(&values[EVENT], AUDIT_ORDER)) {
        take_order(orders, values, at);
    } else if (is(&values[EVENT], AUDIT_ROOT)) {
        orders->root_at = stored_at != 0 ? stored_at : at;
    }
}

// What has no draw's name is about the draw of the last start.
static void take_of_server(struct orders *orders, const struct json_value *values, int64_t at) {
    if (is(&values[EVENT], AUDIT_REFUSED)) {
        tally_add(&orders->refused, text_of(&values[EVENT]), text_of(&values[REASON]),
                  text_of(&values[AGENCY]), at);
    } else if (is(&values[EVENT], AUDIT_CONNECTED)) {
        orders->connected++;
    } else if (is(&values[EVENT], AUDIT_SUPPRESSED)) {
        orders->suppressed += count_of(&values[COUNT]);
    } else if (is(&values[EVENT], AUDIT_LOST)) {
        orders->lost += count_of(&values[COUNT]);
    }
}

struct taking {
    struct orders *orders;
    bool was_killed; // the record before is the end of a server that was killed
};

static void take(void *context, const char *line, size_t length) {
    struct taking *taking = context;
    struct orders *orders = taking->orders;
    struct json_value values[FIELDS];
    struct error ignored;
    char bytes[CHAIN_LINE_BYTES_MAX + JSON_PADDING_BYTES] = "";
    if (length > CHAIN_LINE_BYTES_MAX) {
        return; // none that a server has written
    }
    memcpy(bytes, line, length);
    if (!json_parse_object(orders->parser, (const uint8_t *)bytes, length, names, FIELDS, values, &ignored)) {
        return;
    }
    int64_t at = time_of(&values[AT]);
    if (is(&values[EVENT], AUDIT_STARTED)) {
        take_start(orders, values, at, taking->was_killed);
    }
    taking->was_killed = is(&values[EVENT], AUDIT_STOPPED) && is(&values[LATER], "yes");
    bool is_ours = values[DRAW].kind == JSON_STRING ? is(&values[DRAW], orders->draw)
                                                    : orders->is_ours || !orders->is_known;
    if (!is_ours) {
        return;
    }
    orders->first_at = orders->first_at == 0 ? at : orders->first_at;
    orders->last_at = at;
    if (values[DRAW].kind == JSON_STRING) {
        take_of_draw(orders, values, at);
    } else {
        take_of_server(orders, values, at);
    }
}

bool orders_read(struct orders *orders, const char *path, FILE *stream, struct error *error) {
    struct taking taking = {.orders = orders};
    struct error reason;
    char *rest;
    size_t length;
    if (orders->broken[0] != '\0') {
        return true;
    }
    chain_next_file(&orders->chain);
    bool done = audit_read(stream, &orders->chain, take, &taking, &rest, &length, &reason);
    if (done && rest != NULL) {
        uint64_t records = orders->chain.records;
        done = chain_take_rest(&orders->chain, rest, length, &reason);
        orders->ends_in_fragment = orders->chain.records == records;
    } else {
        orders->ends_in_fragment = false;
    }
    done = done && (orders->chain.lines > 0 ||
                    error_set(&reason, ERROR_BROKEN_CHAIN, "is empty: a log begins with a record"));
    free(rest);
    if (!done && reason.code == ERROR_BROKEN_CHAIN) {
        snprintf(orders->broken, sizeof orders->broken, "%.150s: %.200s", path, reason.text);
        return true;
    }
    return done || error_set(error, reason.code, "%.150s: %s", path, reason.text);
}

void orders_settle(struct orders *orders) {
    struct error reason;
    if (orders->broken[0] == '\0' && !orders->ends_in_fragment && !chain_end(&orders->chain, &reason)) {
        snprintf(orders->broken, sizeof orders->broken, "%.200s", reason.text);
    }
}

#include "report/orders.h"

#include "audit/events.h"
#include "base/moment.h"
#include "wire/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum field {
    AT,
    EVENT,
    DRAW,
    ORDER,
    USER,
    RESULT,
    REASON,
    AGENCY,
    COUNT,
    LATER,
    STORED_AT,
    ENDING,
    BETS,
    WINNERS,
    NUMBER,
    FIELDS
};

static const char *const names[FIELDS] = {
    [AT] = "at",       [EVENT] = "event",     [DRAW] = AUDIT_DRAW,         [ORDER] = AUDIT_ORDER,
    [USER] = "user",   [RESULT] = "result",   [REASON] = "reason",         [AGENCY] = AUDIT_AGENCY,
    [COUNT] = "count", [LATER] = "later",     [STORED_AT] = "stored_at",   [ENDING] = "ending",
    [BETS] = "bets",   [WINNERS] = "winners", [NUMBER] = "winning_number",
};

bool orders_begin(struct orders *orders, const struct facts *facts, const char *draw, struct error *error) {
    *orders = (struct orders){.facts = facts, .hides_numbers = !facts_is_drawn(facts)};
    draw_names_make(&orders->draw, draw);
    chain_begin(&orders->chain);
    orders->parser = json_parser_new();
    orders->list = calloc(ORDERS_MAX, sizeof *orders->list);
    return ((orders->parser != NULL && orders->list != NULL) ||
            error_set(error, ERROR_NO_MEMORY, "no memory for the audit log")) &&
           agreement_begin(&orders->agreement, facts, error);
}

void orders_end(struct orders *orders) {
    json_parser_free(orders->parser);
    free(orders->list);
    agreement_end(&orders->agreement);
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

static bool is_late(const struct json_value *values) {
    return is(&values[LATER], "yes");
}

static void take_order(struct orders *orders, const struct json_value *values, int64_t at) {
    if (is(&values[RESULT], "done") && values[ORDER].kind == JSON_STRING) {
        agreement_take_order(&orders->agreement, text_of(&values[ORDER]));
    }
    if (orders->told.count++ >= ORDERS_MAX) {
        return;
    }
    struct order_told *order = &orders->list[orders->told.count - 1];
    order->at = at;
    copy(order->text, sizeof order->text, &values[ORDER]);
    copy(order->user, sizeof order->user, &values[USER]);
    copy(order->result, sizeof order->result, &values[RESULT]);
    if (orders->hides_numbers) {
        hide_numbers(order->text);
    }
}

static void take_end(struct orders *orders, const struct json_value *values) {
    char name[16];
    copy(name, sizeof name, &values[ENDING]);
    enum agency_ending ending = name[0] == '\0' ? AGENCY_FINISHED : agency_ending_of(name);
    agreement_take_end(&orders->agreement, count_of(&values[AGENCY]), ending, count_of(&values[BETS]));
}

static void take_terms(struct orders *orders, const struct json_value *values) {
    const struct json_value *number = &values[NUMBER];
    if (number->kind == JSON_INTEGER && number->integer >= 0 && number->integer <= BET_NUMBER_MAX) {
        agreement_take_terms(&orders->agreement, (int)number->integer);
    } else if (number->kind == JSON_STRING) {
        agreement_take_terms(&orders->agreement, AGREEMENT_NO_NUMBER);
    }
}

static void add_start(struct orders_told *told, int64_t at, bool was_killed) {
    if (told->start_count < ORDERS_STARTS_MAX) {
        told->starts[told->start_count] = (struct order_start){at, was_killed};
    }
    told->start_count++;
}

// Each start up to the opening may be that of the server which opened the draw: the last one is. What came
// before it is of another night. A server that was killed has its end recorded by the next one, just before
// that one's start.
static void take_start(struct orders *orders, const struct json_value *values, int64_t at, bool was_killed) {
    struct orders_told *told = &orders->told;
    const struct facts *facts = orders->facts;
    bool is_ours = !orders->is_over && is(&values[DRAW], orders->draw.audit_log);
    bool is_same = told->start_count > 0 && told->starts[0].at >= facts->opened_at - ORDERS_BEFORE_S;
    if (is_ours && at <= facts->opened_at && !is_same) {
        *told = (struct orders_told){.is_ours = at >= facts->opened_at - ORDERS_START_S};
        agreement_clear(&orders->agreement);
    } else if (is_ours && facts->drawn_at != 0 && at > facts->drawn_at) {
        orders->before = *told;
    }
    told->is_known = true;
    told->is_ours = is_ours && at >= facts->opened_at - ORDERS_START_S;
    if (told->is_ours) {
        add_start(told, at, was_killed && (is_same || at > facts->opened_at));
        told->records++;
        take_terms(orders, values);
    }
}

static void take_of_draw(struct orders *orders, const struct json_value *values, int64_t at) {
    int64_t stored_at = time_of(&values[STORED_AT]); // where it was recorded later
    int64_t moment = stored_at != 0 ? stored_at : at;
    if (is(&values[EVENT], AUDIT_ORDER)) {
        take_order(orders, values, at);
    } else if (is(&values[EVENT], AUDIT_ROOT)) {
        orders->told.root_at = moment;
    } else if (is(&values[EVENT], AUDIT_FINISHED)) {
        take_end(orders, values);
    } else if (is(&values[EVENT], AUDIT_RESET)) {
        agreement_take_reset(&orders->agreement, count_of(&values[AGENCY]));
    } else if (is(&values[EVENT], AUDIT_TERMS)) {
        take_terms(orders, values);
    } else if (is(&values[EVENT], AUDIT_DRAWN)) {
        agreement_take_drawn(&orders->agreement, moment, count_of(&values[BETS]), count_of(&values[WINNERS]));
    }
}

// What has no draw's name is about the draw of the last start.
static void take_of_server(struct orders *orders, const struct json_value *values, int64_t at) {
    struct orders_told *told = &orders->told;
    if (is(&values[EVENT], AUDIT_REFUSED)) {
        tally_add(&told->refused, text_of(&values[EVENT]), text_of(&values[REASON]), text_of(&values[AGENCY]),
                  1, at);
    } else if (is(&values[EVENT], AUDIT_CONNECTED)) {
        told->connected++;
    } else if (is(&values[EVENT], AUDIT_SUPPRESSED)) {
        told->suppressed += count_of(&values[COUNT]);
    } else if (is(&values[EVENT], AUDIT_LOST)) {
        told->lost += count_of(&values[COUNT]);
    }
}

// A draw that is made takes no bets, and is not sealed or made again: what is about one that does is about
// another night's, since the last start.
static bool is_of_next_night(const struct orders *orders, const struct json_value *values, int64_t at) {
    int64_t drawn_at = orders->facts->drawn_at;
    return drawn_at != 0 && at > drawn_at + ORDERS_AFTER_S && !is_late(values) &&
           (is(&values[EVENT], AUDIT_FINISHED) || is(&values[EVENT], AUDIT_RESET) ||
            is(&values[EVENT], AUDIT_SEALED) || is(&values[EVENT], AUDIT_DRAWN));
}

// One that is not a start.
static void take_record(struct orders *orders, const struct json_value *values, int64_t at) {
    struct orders_told *told = &orders->told;
    bool has_draw = values[DRAW].kind == JSON_STRING;
    bool is_ours = has_draw ? is(&values[DRAW], orders->draw.audit_log) : told->is_ours || !told->is_known;
    if (orders->is_over || !is_ours || at < orders->facts->opened_at - ORDERS_BEFORE_S) {
        if (told->is_ours && is(&values[EVENT], AUDIT_STOPPED)) {
            *told = (struct orders_told){.is_known = true}; // it has not opened it
        }
        return;
    }
    if (has_draw && is_of_next_night(orders, values, at)) {
        orders->is_over = true;
        *told = orders->before.is_known ? orders->before : *told;
        return;
    }
    told->first_at = told->first_at == 0 ? at : told->first_at;
    told->last_at = at;
    if (has_draw) {
        told->records++;
        take_of_draw(orders, values, at);
    } else {
        take_of_server(orders, values, at);
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
    } else {
        take_record(orders, values, at);
    }
    taking->was_killed = is(&values[EVENT], AUDIT_STOPPED) && is_late(values);
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

bool orders_are_whole(const struct orders *orders) {
    const struct orders_told *told = &orders->told;
    bool begins = told->start_count > 0 && told->starts[0].at <= orders->facts->opened_at;
    bool ends = !facts_is_drawn(orders->facts) || orders->agreement.is_drawn;
    return begins && ends && told->lost == 0 && orders->broken[0] == '\0';
}

#include "control/words_draw.h"

#include "base/moment.h"
#include "bet/limits.h"
#include "control/words_put.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// A number --------------------------------------------------------------------------------------------------

// A digit that is missing would make another number win.
static bool read_number(const struct control_order *order, struct order_input *input, struct error *error) {
    const char *value = control_line_value(&order->line, "number");
    uint64_t number;
    if (value != NULL && (strlen(value) != 4 || strspn(value, "0123456789") != 4)) {
        return error_set(error, ERROR_BAD_ORDER, "number: it has four digits, such as 0042");
    }
    if (!order_number(order, "number", 0, BET_NUMBER_MAX, &number, error)) {
        return false;
    }
    input->number = (uint16_t)number;
    return true;
}

// close ---------------------------------------------------------------------------------------------------

// "none" takes a cut-off back.
static bool read_cutoff(const char *text, struct order_input *input, struct error *error) {
    struct error reason;
    input->changes_cutoff = true;
    if (strcmp(text, "none") == 0) {
        return true;
    }
    if (!moment_parse(text, time(NULL), input->closes_at, &reason)) {
        return error_set(error, ERROR_BAD_ORDER, "%s", reason.text);
    }
    snprintf(input->closes_text, sizeof input->closes_text, "%s", text);
    return true;
}

static bool begin_close(struct control_order *order, struct error *error) {
    const char *at = control_line_value(&order->line, "at");
    order->ledger.kind = ORDER_CLOSE;
    if (at != NULL && strcmp(at, "now") != 0) {
        order->ledger.kind = ORDER_CHANGE;
        if (!read_cutoff(at, &order->ledger.input, error)) {
            return false;
        }
    }
    return order_says_yes(order, &order->ledger.input.is_sure, error);
}

static void put_close(const struct control_order *order, struct json_writer *writer) {
    const struct order_status *status = &order->ledger.answer.status;
    words_put_draw(status, writer);
    words_put_missing(status, writer);
}

// finish --------------------------------------------------------------------------------------------------

static bool begin_finish(struct control_order *order, struct error *error) {
    struct order_input *input = &order->ledger.input;
    uint64_t agency;
    order->ledger.kind = ORDER_FINISH;
    if (!order_number(order, "agency", 1, AGENCIES_MAX, &agency, error)) {
        return false;
    }
    input->agency = (uint32_t)agency;
    return order_says_yes(order, &input->is_sure, error);
}

static void put_finish(const struct control_order *order, struct json_writer *writer) {
    const struct stored_agency *agency = &order->ledger.answer.agency;
    json_put_number(writer, "agency", agency->agency);
    json_put_number(writer, "agency_bets", agency->bets);
    words_put_draw(&order->ledger.answer.status, writer);
    words_put_missing(&order->ledger.answer.status, writer);
}

// reset ---------------------------------------------------------------------------------------------------

static bool begin_reset(struct control_order *order, struct error *error) {
    bool good = begin_finish(order, error);
    order->ledger.kind = ORDER_RESET;
    return good;
}

static void put_reset(const struct control_order *order, struct json_writer *writer) {
    const struct order_answer *answer = &order->ledger.answer;
    json_put_number(writer, "agency", answer->agency.agency);
    json_put_number(writer, "agency_voided", answer->voided);
    words_put_draw(&answer->status, writer);
    words_put_missing(&answer->status, writer);
}

// draw ----------------------------------------------------------------------------------------------------

static bool begin_draw(struct control_order *order, struct error *error) {
    struct order_input *input = &order->ledger.input;
    order->ledger.kind = ORDER_DRAW;
    input->without_number = control_line_value(&order->line, "number") == NULL;
    if (!input->without_number && !read_number(order, input, error)) {
        return false;
    }
    if (!order_says_one(order, "dry-run", &input->is_dry_run, error) ||
        !order_says_one(order, "unproved", &input->is_unproved, error) ||
        !order_says_yes(order, &input->is_sure, error)) {
        return false;
    }
    return !input->is_unproved || (!input->is_sure && !input->is_dry_run && !input->without_number) ||
           error_set(error, ERROR_BAD_ORDER, "unproved: it needs a number, and goes with no yes or dry-run");
}

static void put_draw(const struct control_order *order, struct json_writer *writer) {
    json_put_number(writer, "number", order->ledger.answer.number);
    words_put_draw(&order->ledger.answer.status, writer);
}

static void answer_draw(const struct control_order *order, struct json_writer *writer) {
    json_put_bool(writer, "already", order->ledger.answer.already);
    json_put_bool(writer, "dry_run", order->ledger.input.is_dry_run);
    put_draw(order, writer);
    json_put_number(writer, "number_winners", order->ledger.answer.winners);
}

// All of them ---------------------------------------------------------------------------------------------

static void answer_close(const struct control_order *order, struct json_writer *writer) {
    json_put_bool(writer, "already", order->ledger.answer.already);
    put_close(order, writer);
}

static void answer_finish(const struct control_order *order, struct json_writer *writer) {
    json_put_bool(writer, "already", order->ledger.answer.already);
    put_finish(order, writer);
}

static void answer_reset(const struct control_order *order, struct json_writer *writer) {
    json_put_bool(writer, "already", order->ledger.answer.already);
    put_reset(order, writer);
}

// change --------------------------------------------------------------------------------------------------

// The time of a beacon's pulse: a whole minute, whatever zone it is written in.
static bool read_pulse(const char *text, struct order_input *input, struct error *error) {
    enum { MINUTE_S = 60 };
    time_t at;
    input->changes_pulse = true;
    if (!moment_read(text, &at) || at % MINUTE_S != 0) {
        return error_set(error, ERROR_BAD_ORDER, "pulse: it is a whole minute, such as 2026-11-25T21:15:00Z");
    }
    moment_write(at, input->pulse);
    return true;
}

static bool begin_change(struct control_order *order, struct error *error) {
    struct order_input *input = &order->ledger.input;
    const char *cutoff = control_line_value(&order->line, "close");
    const char *pulse = control_line_value(&order->line, "pulse");
    uint64_t agencies = 0;
    order->ledger.kind = ORDER_CHANGE;
    input->changes_agencies = control_line_value(&order->line, "agencies") != NULL;
    input->changes_number = control_line_value(&order->line, "number") != NULL;
    if (!input->changes_agencies && !input->changes_number && cutoff == NULL && pulse == NULL) {
        return error_set(error, ERROR_BAD_ORDER, "change: it says nothing that is to change");
    }
    if ((input->changes_agencies && !order_number(order, "agencies", 1, AGENCIES_MAX, &agencies, error)) ||
        (input->changes_number && !read_number(order, input, error)) ||
        (cutoff != NULL && !read_cutoff(cutoff, input, error)) ||
        (pulse != NULL && !read_pulse(pulse, input, error))) {
        return false;
    }
    input->agencies = (uint32_t)agencies;
    return order_says_yes(order, &input->is_sure, error);
}

static void put_change(const struct control_order *order, struct json_writer *writer) {
    if (order->ledger.input.changes_number) {
        json_put_number(writer, "number", order->ledger.input.number);
    }
    put_close(order, writer);
}

static void answer_change(const struct control_order *order, struct json_writer *writer) {
    json_put_bool(writer, "already", order->ledger.answer.already);
    put_change(order, writer);
}

const struct control_word words_draw[] = {
    {.name = "change",
     .keys = {"agencies", "number", "close", "pulse", "yes"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_change,
     .answer = answer_change,
     .would = put_change},
    {.name = "close",
     .keys = {"at", "yes"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_close,
     .answer = answer_close,
     .would = put_close},
    {.name = "finish",
     .keys = {"agency", "yes"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_finish,
     .answer = answer_finish,
     .would = put_finish},
    {.name = "reset",
     .keys = {"agency", "yes"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_reset,
     .answer = answer_reset,
     .would = put_reset},
    {.name = "draw",
     .keys = {"number", "dry-run", "unproved", "yes"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_draw,
     .answer = answer_draw,
     .would = put_draw},
};

const size_t words_draw_count = sizeof words_draw / sizeof *words_draw;

#include "control/words_draw.h"

#include "bet/limits.h"
#include "control/words_put.h"

#include <string.h>

// close ---------------------------------------------------------------------------------------------------

static bool begin_close(struct control_order *order, struct error *error) {
    order->ledger.kind = ORDER_CLOSE;
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

// draw ----------------------------------------------------------------------------------------------------

static bool begin_draw(struct control_order *order, struct error *error) {
    struct order_input *input = &order->ledger.input;
    const char *dry_run = control_line_value(&order->line, "dry-run");
    uint64_t number;
    order->ledger.kind = ORDER_DRAW;
    if (!order_number(order, "number", 0, BET_NUMBER_MAX, &number, error)) {
        return false;
    }
    input->number = (uint16_t)number;
    input->is_dry_run = dry_run != NULL;
    if (dry_run != NULL && strcmp(dry_run, "1") != 0) {
        return error_set(error, ERROR_BAD_ORDER, "dry-run: it can only be 1");
    }
    return order_says_yes(order, &input->is_sure, error);
}

static void put_draw(const struct control_order *order, struct json_writer *writer) {
    json_put_number(writer, "number", order->ledger.input.number);
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

const struct control_word words_draw[] = {
    {.name = "close",
     .keys = {"yes"},
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
    {.name = "draw",
     .keys = {"number", "dry-run", "yes"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_draw,
     .answer = answer_draw,
     .would = put_draw},
};

const size_t words_draw_count = sizeof words_draw / sizeof *words_draw;

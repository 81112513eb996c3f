#include "control/words.h"

#include <string.h>
#include <unistd.h>

// hello ---------------------------------------------------------------------------------------------------

enum { PROTOCOL = 1 };

static void answer_hello(const struct control_order *order, struct json_writer *writer) {
    const struct control_facts *facts = &order->control->options.facts;
    json_put_text(writer, "program", "quiniela");
    json_put_text(writer, "version", facts->version);
    json_put_number(writer, "protocol", PROTOCOL);
    json_put_text(writer, "draw", facts->draw);
    json_put_text(writer, "store", facts->store);
    json_put_number(writer, "port", facts->port);
    json_put_number(writer, "consult_port", facts->consult_port);
    json_put_number(writer, "pid", (uint64_t)getpid());
    json_put_text(writer, "since", order->control->since);
}

// status --------------------------------------------------------------------------------------------------

static bool begin_status(struct control_order *order, struct error *error) {
    (void)error;
    order->ledger.kind = ORDER_STATUS;
    return true;
}

static void put_time(struct json_writer *writer, const char *key, const char *time) {
    json_put_text(writer, key, time[0] == '\0' ? NULL : time);
}

static void answer_status(const struct control_order *order, struct json_writer *writer) {
    const struct order_status *status = &order->ledger.answer.status;
    json_put_text(writer, "draw", order->control->options.facts.draw);
    json_put_text(writer, "state", draw_state_name(status->draw.state));
    json_put_number(writer, "agencies", status->draw.agencies);
    json_put_number(writer, "finished", status->finished);
    json_put_number(writer, "told", status->told);
    json_put_number(writer, "bets", status->bets);
    put_time(writer, "opened_at", status->draw.opened_at);
    put_time(writer, "sealed_at", status->draw.sealed_at);
    put_time(writer, "drawn_at", status->draw.drawn_at);
    if (status->draw.state == DRAW_DRAWN) {
        json_put_number(writer, "winners", status->winners);
    }
    json_put_bool(writer, "store_fails", status->store_fails);
    json_begin_list(writer, "missing");
    for (size_t i = 0; i < status->missing_count; i++) {
        json_begin_list(writer, NULL);
        json_put_number(writer, NULL, status->missing[i].from);
        json_put_number(writer, NULL, status->missing[i].to);
        json_end_list(writer);
    }
    json_end_list(writer);
    json_put_bool(writer, "more_missing", status->more_missing);
}

// The server itself -----------------------------------------------------------------------------------------

static bool begin_reload(struct control_order *order, struct error *error) {
    const struct control_options *options = &order->control->options;
    return options->reload(options->context, error);
}

static bool begin_drain(struct control_order *order, struct error *error) {
    const struct control_options *options = &order->control->options;
    (void)error;
    order->connections = options->drain(options->context);
    if (order->session != NULL) {
        order->session->waits_for_end = true;
    }
    return true;
}

static void answer_drain(const struct control_order *order, struct json_writer *writer) {
    json_put_number(writer, "connections", order->connections);
}

// All of them -----------------------------------------------------------------------------------------------

static const struct control_word words[] = {
    {.name = "hello", .answer = answer_hello},
    {.name = "status", .asks_ledger = true, .begin = begin_status, .answer = answer_status},
    {.name = "drain", .is_recorded = true, .begin = begin_drain, .answer = answer_drain},
    {.name = "reload", .is_recorded = true, .begin = begin_reload},
};

enum { WORDS = sizeof words / sizeof *words };

static bool has_key(const struct control_word *word, const char *key) {
    for (size_t i = 0; word->keys[i] != NULL; i++) {
        if (strcmp(word->keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_keys(const struct control_order *order, struct error *error) {
    for (size_t i = 0; i < order->line.pair_count; i++) {
        const char *key = order->line.pairs[i].key;
        if (!has_key(order->word, key)) {
            return error_set(error, ERROR_BAD_ORDER, "%s: it has no key \"%s\"", order->word->name, key);
        }
    }
    return true;
}

bool words_find(struct control_order *order, struct error *error) {
    for (size_t i = 0; i < WORDS; i++) {
        if (strcmp(words[i].name, order->line.word) == 0) {
            order->word = &words[i];
            return check_keys(order, error);
        }
    }
    return error_set(error, ERROR_BAD_ORDER, "\"%s\": there is no such order", order->line.word);
}

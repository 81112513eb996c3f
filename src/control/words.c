#include "control/words.h"

#include "bet/errors.h"
#include "control/words_draw.h"
#include "control/words_live.h"
#include "control/words_numbers.h"
#include "control/words_put.h"
#include "control/words_seal.h"

#include <string.h>
#include <unistd.h>

// hello ---------------------------------------------------------------------------------------------------

enum { PROTOCOL = 1 };

static void put_store(const struct control_options *options, struct json_writer *writer) {
    struct control_store store = {0};
    if (options->tell_store != NULL) {
        options->tell_store(options->context, &store);
    }
    json_put_text_if_any(writer, "address", store.address);
    json_put_text_if_any(writer, "store_id", store.id);
}

static void answer_hello(const struct control_order *order, struct json_writer *writer) {
    const struct control_facts *facts = &order->control->options.facts;
    json_put_text(writer, "program", "quiniela");
    json_put_text(writer, "version", facts->version);
    json_put_number(writer, "protocol", PROTOCOL);
    words_put_server(facts, writer);
    put_store(&order->control->options, writer);
    json_put_number(writer, "port", facts->port);
    json_put_number(writer, "consult_port", facts->consult_port);
    if (facts->http_port != 0) {
        json_put_number(writer, "http_port", facts->http_port);
    }
    json_put_number(writer, "pid", (uint64_t)getpid());
    json_put_text(writer, "since", order->control->since);
}

// status --------------------------------------------------------------------------------------------------

static bool begin_status(struct control_order *order, struct error *error) {
    (void)error;
    order->ledger.kind = ORDER_STATUS;
    return true;
}

static void answer_status(const struct control_order *order, struct json_writer *writer) {
    const struct order_status *status = &order->ledger.answer.status;
    json_put_text(writer, "draw", order->control->options.facts.draw);
    words_put_draw(status, writer);
    words_put_missing(status, writer);
}

// The server itself ---------------------------------------------------------------------------------------

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

// All of them ---------------------------------------------------------------------------------------------

static const struct control_word words[] = {
    {.name = "hello", .answer = answer_hello},
    {.name = "status", .asks_ledger = true, .begin = begin_status, .answer = answer_status},
    {.name = "drain", .is_recorded = true, .begin = begin_drain, .answer = answer_drain},
    {.name = "reload", .is_recorded = true, .begin = begin_reload},
};

enum { WORDS = sizeof words / sizeof *words };

// Every order may say which draw it is for.
static const char draw_key[] = "draw";

static bool has_key(const struct control_word *word, const char *key) {
    if (strcmp(key, draw_key) == 0) {
        return true;
    }
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

// A socket may be another draw's than whoever orders believes, and most orders cannot be undone.
static bool check_draw(const struct control_order *order, struct error *error) {
    const char *own = order->control->options.facts.draw, *said = control_line_value(&order->line, draw_key);
    return said == NULL || strcmp(said, own) == 0 ||
           error_set(error, ERROR_OTHER_DRAW, "this server's draw is \"%.64s\", not \"%.64s\"", own, said);
}

static const struct control_word *find_in(const struct control_word *all, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].name, name) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

bool words_find(struct control_order *order, struct error *error) {
    order->word = find_in(words, WORDS, order->line.word);
    if (order->word == NULL && strcmp(order->line.word, word_live.name) == 0) {
        order->word = &word_live;
    }
    if (order->word == NULL && strcmp(order->line.word, word_numbers.name) == 0) {
        order->word = &word_numbers;
    }
    if (order->word == NULL) {
        order->word = find_in(words_seal, words_seal_count, order->line.word);
    }
    if (order->word == NULL) {
        order->word = find_in(words_draw, words_draw_count, order->line.word);
    }
    return order->word != NULL
               ? check_keys(order, error) && check_draw(order, error)
               : error_set(error, ERROR_BAD_ORDER, "\"%s\": there is no such order", order->line.word);
}

#include "control/words_seal.h"

#include "bet/limits.h"
#include "seal/encoding.h"
#include "seal/instant.h"
#include "seal/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 64 * 1024 }; // of a paper

// seal ------------------------------------------------------------------------------------------------------

static bool begin_seal(struct control_order *order, struct error *error) {
    (void)error;
    order->ledger.kind = ORDER_SEAL;
    return true;
}

static void answer_seal(const struct control_order *order, struct json_writer *writer) {
    const struct order_answer *answer = &order->ledger.answer;
    char hash[HEX_TEXT_BYTES(HASH_BYTES)];
    hex_encode(answer->hash.bytes, HASH_BYTES, hash);
    json_put_text(writer, "draw", order->control->options.facts.draw);
    json_put_text(writer, "note", answer->note);
    json_put_text(writer, "hash", hash);
}

// paper -----------------------------------------------------------------------------------------------------

static bool read_kind(const struct control_order *order, struct order_input *input, struct error *error) {
    static const enum store_paper kinds[] = {PAPER_APPROVAL, PAPER_COSIGNATURE, PAPER_TIMESTAMP, PAPER_PULSE};
    const char *value = control_line_value(&order->line, "kind");
    for (size_t i = 0; value != NULL && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(value, store_paper_name(kinds[i])) == 0) {
            input->paper = kinds[i];
            return true;
        }
    }
    return error_set(error, ERROR_BAD_ORDER,
                     "kind: it is approval, cosignature, timestamp or pulse, and not \"%.40s\"",
                     value == NULL ? "" : value);
}

// What is recorded of the bytes is their hash.
static void replace_bytes(struct control_order *order, size_t length) {
    struct hash hash;
    int written = snprintf(order->recorded, sizeof order->recorded, "sha256:");
    hash_of(order->bytes, length, &hash);
    hex_encode(hash.bytes, HASH_BYTES, order->recorded + written);
    for (size_t i = 0; i < order->line.pair_count; i++) {
        if (strcmp(order->line.pairs[i].key, "bytes") == 0) {
            order->line.pairs[i].value = order->recorded;
        }
    }
}

static bool read_bytes(struct control_order *order, struct order_input *input, struct error *error) {
    const char *value = control_line_value(&order->line, "bytes");
    if (value == NULL || value[0] == '\0') {
        return error_set(error, ERROR_BAD_ORDER, "bytes: it is missing");
    }
    order->bytes = malloc(BYTES_MAX);
    if (order->bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the paper");
    }
    bool is_text = base64_decode(slice_of(value), order->bytes, BYTES_MAX, &input->length);
    input->bytes = order->bytes;
    replace_bytes(order, is_text ? input->length : 0);
    return is_text ||
           error_set(error, ERROR_BAD_ORDER, "bytes: it is no base64 of at most %d bytes", BYTES_MAX);
}

// The number that an approval is to be for, so that none is taken that is for another one.
static bool read_number(const struct control_order *order, struct order_input *input, struct error *error) {
    const char *value = control_line_value(&order->line, "number");
    uint64_t number;
    input->without_number = value == NULL;
    if (value == NULL) {
        return true;
    }
    if (strlen(value) != SEAL_NUMBER_DIGITS ||
        !order_number(order, "number", 0, BET_NUMBER_MAX, &number, error)) {
        return error_set(error, ERROR_BAD_ORDER, "number: it has four digits, such as 0042");
    }
    input->number = (uint16_t)number;
    return true;
}

static bool begin_paper(struct control_order *order, struct error *error) {
    struct order_input *input = &order->ledger.input;
    order->ledger.kind = ORDER_PAPER;
    return read_kind(order, input, error) && read_bytes(order, input, error) &&
           read_number(order, input, error) && order_says_one(order, "dry-run", &input->is_dry_run, error);
}

static void answer_paper(const struct control_order *order, struct json_writer *writer) {
    const struct order_answer *answer = &order->ledger.answer;
    enum store_paper kind = order->ledger.input.paper;
    json_put_bool(writer, "already", answer->already);
    json_put_bool(writer, "dry_run", order->ledger.input.is_dry_run);
    json_put_text(writer, "kind", store_paper_name(kind));
    if (!answer->already && (kind == PAPER_APPROVAL || kind == PAPER_PULSE)) {
        json_put_number(writer, "number", answer->number);
    }
    if (!answer->already && (kind == PAPER_COSIGNATURE || kind == PAPER_TIMESTAMP) &&
        answer->seen_at <= INSTANT_MAX) {
        char at[INSTANT_TEXT_BYTES];
        instant_format(answer->seen_at, at);
        json_put_text(writer, "seen_at", at);
    }
}

const struct control_word words_seal[] = {
    {.name = "seal", .asks_ledger = true, .begin = begin_seal, .answer = answer_seal},
    {.name = CONTROL_PAPER,
     .keys = {"kind", "bytes", "number", "dry-run"},
     .is_recorded = true,
     .asks_ledger = true,
     .begin = begin_paper,
     .answer = answer_paper},
};

const size_t words_seal_count = sizeof words_seal / sizeof *words_seal;

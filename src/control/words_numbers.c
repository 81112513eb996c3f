// `numbers` is answered at once, with what was last counted, and has it counted again.
#include "control/words_numbers.h"

#include "bet/errors.h"
#include "ledger/number_counts.h"

static bool begin_numbers(struct control_order *order, struct error *error) {
    struct number_counts *counts = order->control->options.numbers;
    if (counts == NULL) {
        return error_set(error, ERROR_BAD_ORDER, "numbers: this server does not count them");
    }
    number_counts_want(counts);
    return true;
}

static void put_counts(const uint64_t numbers[NUMBER_COUNTS], struct json_writer *writer) {
    json_begin_list(writer, "counts");
    for (size_t i = 0; i < NUMBER_COUNTS; i++) {
        json_put_number(writer, NULL, numbers[i]);
    }
    json_end_list(writer);
}

static void answer_numbers(const struct control_order *order, struct json_writer *writer) {
    uint64_t numbers[NUMBER_COUNTS], bets;
    uint32_t age_s;
    char failure[ERROR_TEXT_BYTES];
    bool has_some = number_counts_read(order->control->options.numbers, numbers, &bets, &age_s, failure);
    if (failure[0] != '\0') {
        json_put_text(writer, "failure", failure);
    }
    if (has_some) {
        json_put_number(writer, "bets", bets);
        json_put_number(writer, "age_s", age_s);
        put_counts(numbers, writer);
    } else {
        json_put_null(writer, "counts");
    }
}

const struct control_word word_numbers = {
    .name = "numbers", .begin = begin_numbers, .answer = answer_numbers};

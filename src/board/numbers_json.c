#include "board/json.h"
#include "ledger/number_counts.h"

void numbers_json_write(const struct board_view *view, const uint64_t *counts, uint64_t bets,
                        struct json_writer *writer) {
    json_begin(writer, NULL);
    json_put_text(writer, "draw", view->options->draw);
    json_put_number(writer, "bets", bets);
    json_begin_list(writer, "counts");
    for (size_t i = 0; i < NUMBER_COUNTS; i++) {
        json_put_number(writer, NULL, counts[i]);
    }
    json_end_list(writer);
    json_end(writer);
}

#include "board/json.h"
#include "board/json_values.h"

static bool has_ended(const struct board_agency *row) {
    return row->finished_at[0] != '\0';
}

static bool is_wanted(const struct agencies_wanted *wanted, const struct board_agency *row) {
    return (!wanted->is_missing || !has_ended(row)) && (!wanted->has_state || row->state == wanted->state);
}

static void put_agency(const struct board_agency *row, bool is_drawn, struct json_writer *writer) {
    json_begin(writer, NULL);
    json_put_number(writer, "agency", row->agency);
    json_put_text(writer, "state", board_state_name(row->state));
    json_put_number(writer, "bets", row->bets);
    json_put_rate(writer, "rate", row->rate);
    json_put_time(writer, "heard_at", row->heard_at);
    json_put_text_if_any(writer, "finished_at", row->finished_at);
    json_put_text_if_any(writer, "told_at", row->told_at);
    json_put_number_if(writer, "winners", is_drawn, row->winners);
    json_end(writer);
}

void agencies_json_write(const struct board_view *view, const struct agencies_wanted *wanted,
                         struct json_writer *writer) {
    const struct board_snapshot *snapshot = view->snapshot;
    bool is_drawn = snapshot->draw.state == DRAW_DRAWN, has_more = false;
    uint32_t left = wanted->limit, last = wanted->after, matching = 0;
    json_begin(writer, NULL);
    json_put_text(writer, "draw", view->options->draw);
    json_put_time(writer, "now", time(NULL));
    json_begin_list(writer, "agencies");
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct board_agency *row = &snapshot->agencies[i];
        bool matches = is_wanted(wanted, row), is_behind = matches && i >= wanted->after;
        matching += matches;
        has_more = has_more || (is_behind && left == 0);
        if (is_behind && left > 0) {
            put_agency(row, is_drawn, writer);
            left--;
            last = row->agency;
        }
    }
    json_end_list(writer);
    json_put_number_if(writer, "next", has_more, last);
    json_put_number(writer, "total", snapshot->count);
    json_put_number(writer, "matching", matching);
    json_end(writer);
}

void agencies_json_rows(const struct board_snapshot *snapshot, uint64_t since, struct json_writer *writer) {
    bool is_drawn = snapshot->draw.state == DRAW_DRAWN;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct board_agency *row = &snapshot->agencies[i];
        if (row->version > since) {
            json_begin_list(writer, NULL);
            json_put_number(writer, NULL, row->agency);
            json_put_text(writer, NULL, board_state_name(row->state));
            json_put_number(writer, NULL, row->bets);
            json_put_rate(writer, NULL, row->rate);
            json_put_number_if(writer, NULL, row->heard_at != 0, (uint64_t)row->heard_at);
            json_put_number_if(writer, NULL, is_drawn, row->winners);
            json_end_list(writer);
        }
    }
}

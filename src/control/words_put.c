#include "control/words_put.h"

#include "ledger/survey.h"
#include "seal/encoding.h"

static void put_root(const struct stored_draw *draw, struct json_writer *writer) {
    char root[BASE64_TEXT_BYTES(STORE_ROOT_BYTES)];
    base64_encode(draw->root, STORE_ROOT_BYTES, root);
    json_put_text(writer, "root", draw->has_root ? root : NULL);
}

void words_put_server(const struct control_facts *facts, struct json_writer *writer) {
    json_put_text(writer, "draw", facts->draw);
    json_put_text(writer, "store", facts->store);
    json_put_text(writer, "file", facts->file);
}

void words_put_draw(const struct order_status *status, struct json_writer *writer) {
    const struct stored_draw *draw = &status->draw;
    json_put_text(writer, "state", draw_state_name(draw->state));
    json_put_number(writer, "agencies", draw->agencies);
    json_put_number(writer, "finished", status->finished);
    json_put_number(writer, "told", status->told);
    json_put_number(writer, "bets", status->bets);
    json_put_number(writer, "voided", draw->voided);
    json_put_text_if_any(writer, "opened_at", draw->opened_at);
    json_put_text_if_any(writer, "closes_at", draw->closes_at);
    json_put_text_if_any(writer, "closed_at", draw->closed_at);
    json_put_text_if_any(writer, "sealed_at", draw->sealed_at);
    json_put_text_if_any(writer, "drawn_at", draw->drawn_at);
    json_put_text(writer, "number_mode", number_mode_name(draw->number_mode));
    if (status->signed_by[0] != '\0') {
        json_put_text(writer, "signed_by", status->signed_by);
        put_root(draw, writer);
        json_put_text_if_any(writer, "forked_at", draw->forked_at);
    }
    if (draw->state == DRAW_DRAWN) {
        json_put_number(writer, "winning_number", draw->winning_number);
        json_put_number(writer, "winners", status->winners);
    }
    json_put_bool(writer, "store_fails", status->store_fails);
    if (status->counted_at[0] != '\0') {
        json_put_text(writer, "counted_at", status->counted_at);
    }
}

void words_put_missing(const struct order_status *status, struct json_writer *writer) {
    char text[ORDER_TEXT_BYTES];
    survey_missing_text(status, 0, text, sizeof text);
    json_put_text(writer, "missing_text", text);
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

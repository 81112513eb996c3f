#include "board/json.h"
#include "board/json_values.h"
#include "board/seal_shown.h"
#include "board/states.h"
#include "board/store_shown.h"
#include "seal/encoding.h"

#include <stdio.h>
#include <stdlib.h>

static void put_agencies(const struct board_snapshot *snapshot, struct json_writer *writer) {
    const uint64_t *by_state = snapshot->by_state;
    json_begin(writer, "agencies");
    json_put_number(writer, "expected", snapshot->draw.agencies);
    json_put_number(writer, "waiting", by_state[BOARD_WAITING]);
    json_put_number(writer, "sending", by_state[BOARD_SENDING]);
    json_put_number(writer, "silent", by_state[BOARD_SILENT]);
    json_put_number(writer, "finished", board_finished(snapshot));
    json_put_number(writer, "told", by_state[BOARD_TOLD]);
    json_put_number(writer, "cut_off", by_state[BOARD_CUT_OFF]);
    json_put_number(writer, "missing", snapshot->missing);
    json_end(writer);
}

static void put_times(const struct stored_draw *draw, struct json_writer *writer) {
    json_put_text_if_any(writer, "opened_at", draw->opened_at);
    json_put_text_if_any(writer, "closes_at", draw->closes_at);
    json_put_text_if_any(writer, "closed_at", draw->closed_at);
    json_put_text_if_any(writer, "sealed_at", draw->sealed_at);
    json_put_text_if_any(writer, "drawn_at", draw->drawn_at);
    json_put_text_if_any(writer, "erased_at", draw->erased_at);
}

// Also a number that was fixed at the opening is told by the draw alone: until then it is nobody's to know.
static void put_number(const struct board_snapshot *snapshot, struct json_writer *writer) {
    bool is_drawn = snapshot->draw.state == DRAW_DRAWN;
    char digits[8];
    snprintf(digits, sizeof digits, "%04u", (unsigned)snapshot->draw.winning_number % 10000);
    json_put_text(writer, "number_mode", number_mode_name(snapshot->draw.number_mode));
    json_put_text(writer, "number", is_drawn ? digits : NULL);
    json_put_number_if(writer, "winners", is_drawn, snapshot->winners);
}

// The notice may have it before the store is read again: until then it would stand beside a draw that takes
// bets, and their count of then.
static void put_seal(const struct board_view *view, struct json_writer *writer) {
    char root[HEX_TEXT_BYTES(HASH_BYTES)];
    struct seal_shown seal;
    if (!view->snapshot->draw.has_root || !seal_shown_read(view->options->notice, &seal)) {
        json_put_null(writer, "seal");
        return;
    }
    hex_encode(seal.root.bytes, HASH_BYTES, root);
    json_begin(writer, "seal");
    json_put_text(writer, "origin", seal.origin);
    json_put_text(writer, "root", root);
    json_put_number(writer, "bets", view->snapshot->bets);
    json_put_text(writer, "signed_by", seal.signed_by);
    json_end(writer);
}

static void put_store(const struct board_snapshot *snapshot, struct json_writer *writer) {
    char trouble[ERROR_TEXT_BYTES];
    bool is_good = !store_shown_trouble(snapshot, time(NULL), trouble);
    json_begin(writer, "store");
    json_put_bool(writer, "ok", is_good);
    json_put_text(writer, "error", is_good ? NULL : trouble);
    json_put_time(writer, "read_at", snapshot->read_at);
    json_end(writer);
}

static void put_server(const struct board_view *view, struct json_writer *writer) {
    const struct board_options *options = view->options;
    json_begin(writer, "server");
    json_put_time(writer, "since", time(NULL) - (time_t)view->up_s);
    json_put_number(writer, "up_s", view->up_s);
    json_put_number(writer, "connections", options->connections(options->context));
    json_put_bool(writer, "shared", view->snapshot->is_shared);
    json_end(writer);
}

void draw_json_write(const struct board_view *view, struct json_writer *writer) {
    const struct board_snapshot *snapshot = view->snapshot;
    json_begin(writer, NULL);
    json_put_text(writer, "draw", view->options->draw);
    json_put_text(writer, "version", view->options->version);
    json_put_time(writer, "now", time(NULL));
    json_put_text(writer, "state", draw_state_name(snapshot->draw.state));
    json_put_text(writer, "waits_for", board_waits_for(snapshot));
    put_agencies(snapshot, writer);
    json_put_number(writer, "bets", snapshot->bets);
    json_put_number(writer, "bets_10s", snapshot->bets_10s);
    json_put_number(writer, "bets_60s", snapshot->bets_60s);
    put_times(&snapshot->draw, writer);
    put_number(snapshot, writer);
    put_seal(view, writer);
    put_store(snapshot, writer);
    put_server(view, writer);
    json_end(writer);
}

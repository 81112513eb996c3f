// The board's answers as JSON. Each writes one value; no memory shows in the writer (wire/json_writer.h).
#ifndef QUINIELA_BOARD_JSON_H
#define QUINIELA_BOARD_JSON_H

#include "board/arguments.h"
#include "board/view.h"
#include "wire/json_writer.h"

// /api/v1/draw, and the event of that name.
void draw_json_write(const struct board_view *view, struct json_writer *writer);

// /api/v1/agencies.
void agencies_json_write(const struct board_view *view, const struct agencies_wanted *wanted,
                         struct json_writer *writer);

// An event's rows of the agencies that have changed since the snapshot of that version: [agency, "state",
// bets, rate, heard, winners]. With 0, all.
void agencies_json_rows(const struct board_snapshot *snapshot, uint64_t since, struct json_writer *writer);

// /api/v1/numbers, of NUMBER_COUNTS counts.
void numbers_json_write(const struct board_view *view, const uint64_t *counts, uint64_t bets,
                        struct json_writer *writer);

#endif

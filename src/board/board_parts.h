// The board itself, for its own files.
#ifndef QUINIELA_BOARD_BOARD_PARTS_H
#define QUINIELA_BOARD_BOARD_PARTS_H

#include "board/arguments.h"
#include "board/history.h"
#include "board/reader.h"
#include "board/rows_kept.h"
#include "board/view.h"

struct board {
    struct board_options options;
    struct reader *reader;
    struct board_snapshot *snapshot; // the newest; never NULL
    struct history history;
    char epoch[EVENT_EPOCH_BYTES]; // tells this board's events from those of another one, or of another start
    size_t streams;                // that are open
    struct rows_kept rows;         // that they were told last
};

// Takes over the newest snapshot, if there is one.
void board_update(struct board *board);

// What an answer is made of now; it lives until board_update is called.
struct board_view board_view_of(const struct board *board);

#endif

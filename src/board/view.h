// What an answer is made of.
#ifndef QUINIELA_BOARD_VIEW_H
#define QUINIELA_BOARD_VIEW_H

#include "board/options.h"
#include "board/snapshot.h"

struct board_view {
    const struct board_options *options;
    const struct board_snapshot *snapshot; // never NULL; until the store was read, one without a draw
    uint64_t up_s;                         // for how many seconds the server has run
};

#endif

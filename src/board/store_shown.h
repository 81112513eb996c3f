// Whether what the board shows is what the store has.
#ifndef QUINIELA_BOARD_STORE_SHOWN_H
#define QUINIELA_BOARD_STORE_SHOWN_H

#include "board/snapshot.h"

#include <stdbool.h>
#include <time.h>

enum { STORE_UNREAD_S_MAX = 30 }; // how old it may be: three readings, when nobody looks

// Whether the store could not be read, or not for longer than that; then *text says so, in words that anybody
// may be told.
bool store_shown_trouble(const struct board_snapshot *snapshot, time_t now, char text[ERROR_TEXT_BYTES]);

#endif

// The words of the control protocol that change the draw (docs/protocol.md).
#ifndef QUINIELA_CONTROL_WORDS_DRAW_H
#define QUINIELA_CONTROL_WORDS_DRAW_H

#include "control/order.h"

extern const struct control_word words_draw[];
extern const size_t words_draw_count;

#endif

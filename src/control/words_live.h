// The word of the control protocol that asks what only a running server knows (docs/protocol.md).
#ifndef QUINIELA_CONTROL_WORDS_LIVE_H
#define QUINIELA_CONTROL_WORDS_LIVE_H

#include "control/order.h"

extern const struct control_word word_live;

#endif

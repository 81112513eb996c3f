// The words of the control protocol: a line each (docs/protocol.md).
#ifndef QUINIELA_CONTROL_WORDS_H
#define QUINIELA_CONTROL_WORDS_H

#include "control/order.h"

// Sets order->word to the word of its line. ERROR_BAD_ORDER, naming it, when there is no such word, or when
// it does not have one of the keys; ERROR_OTHER_DRAW.
bool words_find(struct control_order *order, struct error *error) MUST_CHECK;

#endif

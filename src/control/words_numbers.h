// The word of the control protocol that says how often each number was bet.
#ifndef QUINIELA_CONTROL_WORDS_NUMBERS_H
#define QUINIELA_CONTROL_WORDS_NUMBERS_H

#include "control/order.h"

extern const struct control_word word_numbers;

#endif

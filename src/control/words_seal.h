// The words of the control protocol about a signed draw's seal, and the papers that belong to it
// (docs/protocol.md).
#ifndef QUINIELA_CONTROL_WORDS_SEAL_H
#define QUINIELA_CONTROL_WORDS_SEAL_H

#include "control/order.h"

extern const struct control_word words_seal[];
extern const size_t words_seal_count;

#endif

// An agency's question about its winners, and about the seal of a signed draw, as a message.
#ifndef QUINIELA_AGENCY_QUESTION_H
#define QUINIELA_AGENCY_QUESTION_H

#include "agency/dialogue_options.h"

#include <stddef.h>
#include <stdint.h>

// Makes the question: to be answered at once (`now`), or once the draw is made. `returns`: the agency looks
// after its bets when the connection ends. With promises it asks for the seal, or shows the one that is kept.
// Made with malloc, *length bytes; NULL when there is no memory.
uint8_t *question_make(const struct dialogue_options *options, bool now, bool returns, size_t *length);

#endif

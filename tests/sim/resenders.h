// Whoever has a copy of what an agency's clients have sent, and sends it again: every chunk, later, in other
// sizes, overlapping, also after the last one, after the seal and after the draw; some ask what is stored;
// and some have changed a bet of it. They come back until all of it has been answered.
#ifndef QUINIELA_TESTS_SIM_RESENDERS_H
#define QUINIELA_TESTS_SIM_RESENDERS_H

#include <stdbool.h>

void resenders_begin(void);

// One comes for some agency, with what has been sent until now, unless one is there for it; one for each.
void resenders_come(void);
void resenders_come_for_all(void);

// Whether nobody waits for an answer.
bool resenders_are_gone(void);

// At the end of the program.
void resenders_end(void);

#endif

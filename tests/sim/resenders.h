// Resenders have a copy of what an agency's clients have sent, and send it again: every chunk, later, in
// other sizes, overlapping, and even after the last chunk, the seal and the draw. Some ask what is stored,
// and some have changed a bet. They come back until everything has been answered.
#ifndef QUINIELA_TESTS_SIM_RESENDERS_H
#define QUINIELA_TESTS_SIM_RESENDERS_H

#include <stdbool.h>

void resenders_begin(void);

// A resender comes for some agency, or one for each, with what has been sent so far. None comes for an agency
// that already has one.
void resenders_come(void);
void resenders_come_for_all(void);

// Whether no resender waits for an answer.
bool resenders_are_gone(void);

// At the end of the program.
void resenders_end(void);

#endif

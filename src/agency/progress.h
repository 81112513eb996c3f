// A progress bar for people, on standard error when that is a terminal.
#ifndef QUINIELA_AGENCY_PROGRESS_H
#define QUINIELA_AGENCY_PROGRESS_H

#include <stdint.h>

// Draws the bar anew: `done` of `total` (any unit; 0: not known), and how many bets are stored. Does nothing
// when standard error is no terminal, or when it was drawn a moment ago.
void progress_show(uint32_t agency, uint64_t done, uint64_t total, uint64_t bets);

// Takes the bar away, so that the lines that follow stand alone.
void progress_clear(void);

#endif

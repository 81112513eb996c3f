// A progress bar, on standard error if that is a terminal.
#ifndef QUINIELA_AGENCY_PROGRESS_H
#define QUINIELA_AGENCY_PROGRESS_H

#include <stdint.h>

// Redraws the bar: `done` of `total` (in any unit; 0: not known), and how many bets are stored. Does nothing
// if standard error is not a terminal, or if it was drawn a moment ago.
void progress_show(uint32_t agency, uint64_t done, uint64_t total, uint64_t bets);

// Erases the bar, so that a line can be printed in its place.
void progress_clear(void);

#endif

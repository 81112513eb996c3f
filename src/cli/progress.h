// A progress bar in the last row of the terminal, on standard error if that is one. It stays from beginning
// to end: what is logged meanwhile goes above it (log_set_beside). Without a terminal none of these does
// anything.
#ifndef QUINIELA_CLI_PROGRESS_H
#define QUINIELA_CLI_PROGRESS_H

#include <stdint.h>

enum progress_state {
    PROGRESS_CONNECTING,
    PROGRESS_SENDING,
    PROGRESS_WAITING, // for the draw; the bar says since when
};

// Shows the bar, of an agency that connects and has nothing stored that it knows of.
void progress_begin(uint32_t agency);

// What the agency does now.
void progress_enter(enum progress_state state);

// `done` of `total` (in any unit; total 0: not known), and how many bets are stored. Is drawn soon, not at
// once, as there may be many of these.
void progress_show(uint64_t done, uint64_t total, uint64_t bets);

// Erases the bar for good: what is printed from now on begins in an empty row.
void progress_end(void);

#endif

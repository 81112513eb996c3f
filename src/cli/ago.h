// How long ago, and how long from now, in words.
#ifndef QUINIELA_CLI_AGO_H
#define QUINIELA_CLI_AGO_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { AGO_BYTES = 48, AGO_MOMENT_BYTES = 160 };

// Reads "YYYY-MM-DDTHH:MM:SSZ". False when it is none.
bool ago_parse(const char *utc, time_t *time);

// Writes a time as "12 s", "3 min", "1 h 5 min" or "2 d 3 h".
void ago_text(uint64_t seconds, char text[AGO_BYTES]);

// Writes a moment, given as above, as people need it: in UTC, in this machine's zone where that is another,
// and how long from `now` it is, while it is ahead: "2026-11-27T00:00:00Z (2026-11-26 21:00:00 here), in 3
// h". A text that is no moment stays as it is.
void ago_moment_text(const char *utc, time_t now, char text[AGO_MOMENT_BYTES]);

// Seconds from `since`, a time as above, to `now`; 0 when that is not past, or no time.
uint64_t ago_seconds(const char *since, time_t now);

#endif

// Moments that people write: "21:00", or a full date and time.
#ifndef QUINIELA_BASE_MOMENT_H
#define QUINIELA_BASE_MOMENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { MOMENT_BYTES = 24 };

// Reads "HH:MM" or "HH:MM:SS", the next such moment after `now` in this machine's time zone, but not one that
// has begun less than a minute ago: who writes it means now, and not tomorrow; or
// "YYYY-MM-DDTHH:MM" with or without seconds, there or, followed by "Z" or "+HH:MM" ("-HH:MM"), at that
// distance from UTC. Writes it in UTC, "YYYY-MM-DDTHH:MM:SSZ", to `utc`. ERROR_BAD_SETTING when it is none,
// when the clocks of the zone skip it, or when it has passed or has just begun.
bool moment_parse(const char *text, time_t now, char utc[MOMENT_BYTES], struct error *error) MUST_CHECK;

// Reads a full time, as above, which may have passed. False when it is none.
bool moment_read(const char *text, time_t *moment) MUST_CHECK;

// Writes a time in UTC, as above.
void moment_write(time_t time, char utc[MOMENT_BYTES]);

#endif

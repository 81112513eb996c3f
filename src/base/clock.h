// The time of day for people, and a steady clock for measuring.
#ifndef QUINIELA_BASE_CLOCK_H
#define QUINIELA_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

enum { CLOCK_TEXT_BYTES = 24, CLOCK_UTC_MS_BYTES = 40, CLOCK_SECOND_NS = 1000000000 };

// Writes the current local time, "YYYY-MM-DD HH:MM:SS", into `text` (at least CLOCK_TEXT_BYTES). Returns its
// length.
size_t clock_local_text(char text[CLOCK_TEXT_BYTES]);

// Writes the current UTC time, "YYYY-MM-DDTHH:MM:SSZ" (RFC 3339), into `text`. Returns its length.
size_t clock_utc_text(char text[CLOCK_TEXT_BYTES]);

// The same of the time so many seconds ago.
size_t clock_utc_text_ago(uint64_t seconds, char text[CLOCK_TEXT_BYTES]);

// The same with milliseconds, "YYYY-MM-DDTHH:MM:SS.mmmZ", at least CLOCK_UTC_MS_BYTES.
size_t clock_utc_ms_text(char text[CLOCK_UTC_MS_BYTES]);

// Milliseconds since 1970 (UTC): the time of day as a number.
uint64_t clock_epoch_ms(void);

// Milliseconds of a clock that never goes back, from an arbitrary start.
uint64_t clock_steady_ms(void);

// The same in nanoseconds.
uint64_t clock_steady_ns(void);

// Milliseconds of a clock that nobody sets, from an arbitrary start, which goes on while the machine is
// suspended.
uint64_t clock_boot_ms(void);

#endif

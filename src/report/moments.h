// Times and durations as a report shows them: in this machine's zone.
#ifndef QUINIELA_REPORT_MOMENTS_H
#define QUINIELA_REPORT_MOMENTS_H

#include <stdint.h>

enum { MOMENTS_BYTES = 64 };

// "UTC" or "UTC-03:00": how far the zone is from UTC then (seconds since 1970).
void moments_zone(int64_t at, char text[MOMENTS_BYTES]);

// "21:00:07"; with the date, "2026-11-26 21:00:07", where it is another day than that of `beside` (0:
// always); and with its distance from UTC where that is another one.
void moments_time(int64_t at, int64_t beside, char text[MOMENTS_BYTES]);

// "2026-11-26".
void moments_day(int64_t at, char text[MOMENTS_BYTES]);

// "12 s", "3 min 20 s", "1 h 5 min", "2 d 3 h".
void moments_duration(int64_t seconds, char text[MOMENTS_BYTES]);

// Seconds that the zone is ahead of UTC then.
int64_t moments_ahead(int64_t at);

#endif

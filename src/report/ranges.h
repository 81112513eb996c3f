// Numbers of agencies as a text: "2, 6–9", with a bound.
#ifndef QUINIELA_REPORT_RANGES_H
#define QUINIELA_REPORT_RANGES_H

#include <stddef.h>
#include <stdint.h>

enum { RANGES_MAX = 40, RANGES_BYTES = RANGES_MAX * 48 + 64 };

// All zeros is an empty one. What has no room is "…".
struct ranges {
    char text[RANGES_BYTES];
    size_t length, count;
    uint64_t numbers;     // in all, with those that have no room
    uint64_t first, last; // of the last range
};

// Adds those from `first` to `last`, if it is not before `first`. They come by number.
void ranges_add(struct ranges *ranges, uint64_t first, uint64_t last);

#endif

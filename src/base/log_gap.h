// Lines that could not be written: how many, why, and whether the last one was cut off. Not thread-safe.
#ifndef QUINIELA_BASE_LOG_GAP_H
#define QUINIELA_BASE_LOG_GAP_H

#include "base/log_text.h"

#include <stdbool.h>
#include <stdint.h>

struct log_gap {
    uint64_t lines; // not told yet
    int failure;    // the errno of the last write that failed
    bool is_torn;   // what was written ends within a line
};

// Writes the line, including its newline, that reports that many dropped lines, and why: the errno of a write
// that failed, or 0 when nobody reads them. Returns its length.
typedef size_t log_gap_line(uint64_t lines, int failure, char line[LOG_LINE_BYTES_MAX]);

// Notes that of whole lines only `written` bytes were written.
void log_gap_widen(struct log_gap *gap, const char *lines, size_t length, size_t written);

// Makes what is to be written before anything else, in `told`. Returns its length.
size_t log_gap_tell(const struct log_gap *gap, log_gap_line *tell_lost, char told[LOG_LINE_BYTES_MAX + 1]);

// Notes that `written` bytes of it were written. True when those are all: the gap is closed.
bool log_gap_told(struct log_gap *gap, const char *told, size_t length, size_t written);

#endif

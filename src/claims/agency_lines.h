// The lines of a file of all agencies' bets, or winners, as bytes: each begins with its agency's number, and
// agencies come in order.
#ifndef QUINIELA_CLAIMS_AGENCY_LINES_H
#define QUINIELA_CLAIMS_AGENCY_LINES_H

#include "claims/file_lines.h"

// The line read last.
struct agency_lines {
    struct file_lines *lines;
    bool has_line;
    uint32_t agency;
    uint64_t index; // among its agency's lines, from 0
    struct line line;
    struct slice rest; // of the line, behind the agency's number and its comma
};

// Begins to read the lines; the first is read already. ERROR_BAD_FORM, ERROR_SYSTEM, ERROR_NO_MEMORY. Ended
// by agency_lines_end, also after a failure.
bool agency_lines_begin(struct agency_lines *lines, const struct source *source, uint64_t bytes_max,
                        struct error *error) MUST_CHECK;
void agency_lines_end(struct agency_lines *lines);

// Reads the next line; `has_line` is false at the end, and the line is valid until the one after it is read.
// ERROR_BAD_FORM names the line, and the agency before it; ERROR_SYSTEM.
bool agency_lines_next(struct agency_lines *lines, struct error *error) MUST_CHECK;

// Whether a line is there, and is of the agency.
static inline bool agency_lines_are_of(const struct agency_lines *lines, uint32_t agency) {
    return lines->has_line && lines->agency == agency;
}

#endif

// A line of the server's log, read back: in either of its formats (docs/logs.md). A log is anybody's text.
#ifndef QUINIELA_REPORT_LOG_LINE_H
#define QUINIELA_REPORT_LOG_LINE_H

#include "seal/slice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The keys that a report looks at. It never looks at those that are personal data ("dni").
enum log_line_key {
    LOG_LINE_ACTION,
    LOG_LINE_RESULT,
    LOG_LINE_AGENCY,
    LOG_LINE_COUNT,
    LOG_LINE_DRAW,
    LOG_LINE_STATE,
    LOG_LINE_ERROR,
    LOG_LINE_LEFT_OUT,
    LOG_LINE_OF,
    LOG_LINE_LOST,
    LOG_LINE_TIMES,
    LOG_LINE_IP,
    LOG_LINE_PORT,
    LOG_LINE_KEYS
};

struct log_line {
    int64_t at;   // seconds since 1970
    bool is_json; // then that is sure: it is UTC; else it was read in this machine's zone
    struct slice values[LOG_LINE_KEYS]; // text NULL: not there; valid until the next line is read
};

enum { LOG_MINUTE_BYTES = 17 }; // "2026-11-26 21:00"

// What reads lines, one after the other. All zeros but for the parser.
struct log_reader {
    struct json_parser *parser;
    char minute[LOG_MINUTE_BYTES]; // the last one that was read: its time is known, and that takes long
    int64_t minute_at;
};

// Reads a line, without its newline; a line of text has its time in this machine's zone (TZ). False: it is
// none of a log of ours. JSON_PADDING_BYTES after it must be readable.
bool log_line_read(struct log_reader *reader, const char *text, size_t length,
                   struct log_line *line) MUST_CHECK;

// Whether the value of the key is that text.
static inline bool log_line_is(const struct log_line *line, enum log_line_key key, const char *text) {
    return line->values[key].text != NULL && slice_is(line->values[key], text);
}

// The value of the key as a number; false when it is none, or not there.
bool log_line_number(const struct log_line *line, enum log_line_key key, uint64_t *number) MUST_CHECK;

#endif

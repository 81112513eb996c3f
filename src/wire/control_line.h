// A line of the control protocol, on which an operator's programs give orders to a running server
// (docs/protocol.md):
//
//   WORD [KEY=VALUE …] LF
//
// Words and keys are lower-case letters, digits and '-', and begin with a letter. A value is visible ASCII;
// any other byte, a space and '%' are written as '%' and two hexadecimal digits.
#ifndef QUINIELA_WIRE_CONTROL_LINE_H
#define QUINIELA_WIRE_CONTROL_LINE_H

#include "base/error.h"

#include <stddef.h>

#define CONTROL_PAPER "paper" // the word whose lines may be long: they hold a file

enum {
    CONTROL_LINE_BYTES_MAX = 4096,       // with its end …
    CONTROL_PAPER_BYTES_MAX = 96 * 1024, // … and of a line with a paper: 64 KiB in base64, and the rest
    CONTROL_NAME_BYTES_MAX = 32,         // of a word or a key
    CONTROL_PAIRS_MAX = 8,
};

// The line, or a part of it, is not what it must be: its word, a key, a value. Nothing is done.
extern const struct error_code ERROR_BAD_ORDER[1];

struct control_pair {
    const char *key, *value; // each ended by a NUL
};

struct control_line {
    const char *word;
    struct control_pair pairs[CONTROL_PAIRS_MAX];
    size_t pair_count;
    char text[CONTROL_PAPER_BYTES_MAX]; // what the others point to
};

// How long, with its end, a line may be that begins with these bytes.
size_t control_line_max(const char *bytes, size_t length);

// Parses a line without its end into *line, which must not be copied afterwards. ERROR_BAD_ORDER, naming the
// part: when it is longer than it may be, when a byte or an escape is not allowed there,
// also one that stands for a NUL; when a key comes twice, or when there are too many.
bool control_line_parse(const char *bytes, size_t length, struct control_line *line,
                        struct error *error) MUST_CHECK;

// The value of that key; NULL when the line has none.
const char *control_line_value(const struct control_line *line, const char *key);

// Writes a line, with its end, into `bytes` (CONTROL_LINE_BYTES_MAX). Returns its length; 0 when it does not
// fit. Word and keys must be good, and values are any text.
size_t control_line_write(char bytes[CONTROL_LINE_BYTES_MAX], const char *word,
                          const struct control_pair *pairs, size_t count);

// The same into CONTROL_PAPER_BYTES_MAX bytes, of which a line has as many as its word may.
size_t control_line_write_any(char bytes[CONTROL_PAPER_BYTES_MAX], const char *word,
                              const struct control_pair *pairs, size_t count);

#endif

// Writes strings as JSON.
#ifndef QUINIELA_WIRE_JSON_TEXT_H
#define QUINIELA_WIRE_JSON_TEXT_H

#include "bet/bet.h"

#include <stddef.h>
#include <stdint.h>

// The bytes that json_text_write needs for this text, including its quotes.
size_t json_text_bytes(const char *text, size_t length);

// Writes the text between quotes, escaped according to RFC 8259, section 7; bytes that are not UTF-8 become
// '?'. Returns where the next byte goes.
char *json_text_write(char *out, const char *text, size_t length);

// The same, in ASCII alone: every other character as \uXXXX, and above U+FFFF as a pair of surrogates (RFC
// 8259, section 7). For messages on the wire: the oldest programs decode a message piece by piece, and no
// character may be split between two pieces.
size_t json_ascii_bytes(const char *text, size_t length);
char *json_ascii_write(char *out, const char *text, size_t length);

// What json_ascii_write writes for a text that bet_mark_fast has passed, with the marks it gave.
char *json_marked_write(char *out, const char *text, size_t length, const struct bet_marks *marks);

// Writes a text that is part of a message as it is: names, punctuation. Returns where the next byte goes.
char *json_raw_write(char *out, const char *text);

enum { JSON_NUMBER_BYTES_MAX = 20 };

// Writes a number's digits, at most JSON_NUMBER_BYTES_MAX. Returns where the next byte goes.
char *json_number_write(char *out, uint64_t number);

#endif

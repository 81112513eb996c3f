// Writes strings as JSON.
#ifndef QUINIELA_WIRE_JSON_TEXT_H
#define QUINIELA_WIRE_JSON_TEXT_H

#include <stddef.h>

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

#endif

// Writes strings as JSON.
#ifndef QUINIELA_WIRE_JSON_TEXT_H
#define QUINIELA_WIRE_JSON_TEXT_H

#include <stddef.h>

// The bytes that json_text_write takes for this text, its quotes included.
size_t json_text_bytes(const char *text, size_t length);

// Writes the text between quotes, escaped as RFC 8259 section 7 asks; what is not UTF-8 in it comes out as
// '?'. Returns where the next byte goes.
char *json_text_write(char *out, const char *text, size_t length);

// The same, in ASCII alone: every other character as \uXXXX, beyond U+FFFF as a pair of surrogates (RFC 8259,
// section 7). For what goes over the wire: the oldest programs decode a message piece by piece, and a
// character must not lie in two pieces.
size_t json_ascii_bytes(const char *text, size_t length);
char *json_ascii_write(char *out, const char *text, size_t length);

#endif

// The text of a log line: values are made harmless on their way into it, so that none ends its line, turns
// the reading direction, steers a terminal, or passes for another ` | key: value`.
#ifndef QUINIELA_BASE_LOG_TEXT_H
#define QUINIELA_BASE_LOG_TEXT_H

#include "base/attributes.h"

#include <stdarg.h>
#include <stddef.h>

enum { LOG_LINE_BYTES_MAX = 2048 };

// Replaces each byte of a control character by '?': those of ASCII and of U+0080 to U+009F, the marks that
// turn the reading direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069; Unicode Standard
// Annex #9) and those that end a line or a paragraph (U+2028, U+2029).
void log_text_blank(char *text, size_t length);

// Writes `format` with its values to line[length …], which has room for `room` bytes in all, a NUL among
// them, and cuts what is too long. The format's own text comes out as it is; of the values control characters
// are blanked, and a '|' that would separate fields becomes '?'. Knows all of printf (C17, 7.21.6.1) but for
// long doubles, wide characters and %n. Returns the line's length.
size_t log_text_add(char *line, size_t length, size_t room, const char *format, va_list values);

#endif

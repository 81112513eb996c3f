// The text of a log line. Values are made harmless as they are added, so that none can end its line, change
// the reading direction, control a terminal, or pass for another ` | key: value`.
#ifndef QUINIELA_BASE_LOG_TEXT_H
#define QUINIELA_BASE_LOG_TEXT_H

#include "base/attributes.h"

#include <stdarg.h>
#include <stddef.h>

enum { LOG_LINE_BYTES_MAX = 2048 };

// Replaces each byte of a control character by '?': those of ASCII and of U+0080 to U+009F, the marks that
// change the reading direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069; Unicode Standard
// Annex #9) and those that end a line or a paragraph (U+2028, U+2029).
void log_text_blank(char *text, size_t length);

// Appends `format` with its values at line[length …], which has room for `room` bytes in all, including a
// NUL; longer text is cut. The format's own text is kept as it is. In the values control characters are
// blanked, and a '|' that would separate fields becomes '?'. Supports all of printf (C17, 7.21.6.1) except
// long doubles, wide characters and %n. Returns the line's length.
size_t log_text_add(char *line, size_t length, size_t room, const char *format, va_list values);

#endif

// Makes any text safe to show to people.
#ifndef QUINIELA_AGENCY_SHOWN_TEXT_H
#define QUINIELA_AGENCY_SHOWN_TEXT_H

#include <stddef.h>

enum { SHOWN_BYTES = 64 }; // of the result, with its NUL

// Writes the text into `shown`, without quotes around it. Characters that are invisible, or would control a
// terminal, are escaped: \" and \\, bytes as \x1a, characters as \u00a0. A long text is cut, and ends with
// "...".
void shown_text(const char *text, size_t length, char shown[SHOWN_BYTES]);

#endif

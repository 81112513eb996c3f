// Somebody's text as it can be shown to people, whatever is in it.
#ifndef QUINIELA_AGENCY_SHOWN_TEXT_H
#define QUINIELA_AGENCY_SHOWN_TEXT_H

#include <stddef.h>

enum { SHOWN_BYTES = 64 }; // of what is shown, with its NUL

// Writes the text into `shown`, without quotes around it. What cannot be seen, or would steer a terminal, is
// escaped: \" and \\, bytes as \x1a, characters as \u00a0. What is long is cut, with "..." behind it.
void shown_text(const char *text, size_t length, char shown[SHOWN_BYTES]);

#endif

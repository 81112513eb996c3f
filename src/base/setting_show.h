// How an error message shows a text: cut short, on one line, and with every character visible.
#ifndef QUINIELA_BASE_SETTING_SHOW_H
#define QUINIELA_BASE_SETTING_SHOW_H

#include <stdbool.h>
#include <stdint.h>

enum { SETTING_SHOWN_BYTES = 48 }; // of a text in an error message

// Copies as much of `text` as fits. Quotes, backslashes and invisible characters are escaped (\", \r, \x1b,
// \u0085), no character is split, and "..." replaces omitted text.
void setting_show(const char *text, char shown[SETTING_SHOWN_BYTES]);

// Whether the character is invisible: a control character, or a byte order mark.
bool setting_show_is_hidden(uint32_t character);

#endif

#include "base/setting_show.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_CHARACTER_BYTES = 8, BYTE_ORDER_MARK = 0xFEFF };

bool setting_show_is_hidden(uint32_t character) {
    return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == BYTE_ORDER_MARK;
}

// The letter that stands for the character after a backslash, or 0.
static char escape_of(uint32_t character) {
    switch (character) {
    case '\r':
        return 'r';
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return (char)character;
    default:
        return 0;
    }
}

// Writes the first character of `text` as it is shown. Returns its length in the text.
static size_t show_character(const char *text, char shown[SHOWN_CHARACTER_BYTES]) {
    uint32_t character = 0;
    size_t length = utf8_character(text, strlen(text), &character);
    if (length == 0) { // not UTF-8
        snprintf(shown, SHOWN_CHARACTER_BYTES, "\\x%02x", (unsigned char)*text);
        return 1;
    }
    if (escape_of(character) != 0) {
        snprintf(shown, SHOWN_CHARACTER_BYTES, "\\%c", escape_of(character));
    } else if (setting_show_is_hidden(character)) {
        snprintf(shown, SHOWN_CHARACTER_BYTES, character < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)character);
    } else {
        snprintf(shown, SHOWN_CHARACTER_BYTES, "%.*s", (int)length, text);
    }
    return length;
}

void setting_show(const char *text, char shown[SETTING_SHOWN_BYTES]) {
    static const char dots[] = "...";
    size_t used = 0, cut = 0; // `cut`: where the dots go if the text does not fit
    while (*text != '\0') {
        char character[SHOWN_CHARACTER_BYTES];
        text += show_character(text, character);
        size_t length = strlen(character);
        if (used + length >= SETTING_SHOWN_BYTES) {
            strcpy(shown + cut, dots);
            return;
        }
        memcpy(shown + used, character, length);
        used += length;
        cut = used + sizeof dots <= SETTING_SHOWN_BYTES ? used : cut;
    }
    shown[used] = '\0';
}

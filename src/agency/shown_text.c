#include "agency/shown_text.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

// Characters that are invisible, or change the direction of text (the common ones of Unicode 15's general
// categories Zs, Zl, Zp and Cf).
static int is_invisible(uint32_t character) {
    return (character >= 0x80 && character <= 0xa0) || character == 0xad || character == 0x61c ||
           character == 0x1680 || (character >= 0x2000 && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202f) || (character >= 0x205f && character <= 0x206f) ||
           character == 0x3000 || character == 0xfeff || (character >= 0xe0000 && character <= 0xe0fff);
}

// How the text's first character is shown; *size is its length in the text.
static void show_one(const char *text, size_t length, char one[16], size_t *size) {
    uint32_t character;
    *size = utf8_character(text, length, &character);
    if (*size == 0 || character < 0x20 || character == 0x7f) {
        *size = 1;
        snprintf(one, 16, "\\x%02x", (unsigned)(unsigned char)text[0]);
    } else if (character == '"' || character == '\\') {
        snprintf(one, 16, "\\%c", (int)character);
    } else if (is_invisible(character)) {
        snprintf(one, 16, "\\u%04x", (unsigned)character);
    } else {
        snprintf(one, 16, "%.*s", (int)*size, text);
    }
}

void shown_text(const char *text, size_t length, char shown[SHOWN_BYTES]) {
    static const char cut[] = "...";
    size_t used = 0;
    for (size_t at = 0, size; at < length; at += size) {
        char one[16];
        show_one(text + at, length - at, one, &size);
        size_t bytes = strlen(one), left = at + size < length ? sizeof cut - 1 : 0;
        if (used + bytes + left >= SHOWN_BYTES) {
            memcpy(shown + used, cut, sizeof cut - 1);
            used += sizeof cut - 1;
            break;
        }
        memcpy(shown + used, one, bytes);
        used += bytes;
    }
    shown[used] = '\0';
}

#include "wire/json_text.h"

#include "base/utf8.h"

#include <string.h>

enum { UNICODE_ESCAPE_BYTES = 6 }; // "\u001f"

static size_t escaped_bytes(unsigned char character) {
    if (character < 0x20) {
        return UNICODE_ESCAPE_BYTES;
    }
    return character == '"' || character == '\\' ? 2 : 1;
}

size_t json_text_bytes(const char *text, size_t length) {
    size_t bytes = 2;
    for (size_t i = 0; i < length; i++) {
        bytes += escaped_bytes((unsigned char)text[i]);
    }
    return bytes;
}

static char *write_control(char *out, unsigned char character) {
    static const char digits[] = "0123456789abcdef";
    memcpy(out, "\\u00", 4);
    out[4] = digits[character >> 4];
    out[5] = digits[character & 0xf];
    return out + UNICODE_ESCAPE_BYTES;
}

char *json_text_write(char *out, const char *text, size_t length) {
    *out++ = '"';
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t size = utf8_character(text + at, length - at, &character);
        if (size == 0) {
            *out++ = '?';
            at++;
            continue;
        }
        if (character < 0x20) {
            out = write_control(out, (unsigned char)character);
        } else {
            if (character == '"' || character == '\\') {
                *out++ = '\\';
            }
            memcpy(out, text + at, size);
            out += size;
        }
        at += size;
    }
    *out++ = '"';
    return out;
}

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

static char *write_escape(char *out, uint32_t unit) {
    static const char digits[] = "0123456789abcdef";
    memcpy(out, "\\u", 2);
    for (int place = 0; place < 4; place++) {
        out[2 + place] = digits[unit >> (12 - 4 * place) & 0xf];
    }
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
            out = write_escape(out, character);
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

// In ASCII alone -------------------------------------------------------------------------------------------

size_t json_ascii_bytes(const char *text, size_t length) {
    size_t bytes = 2;
    for (size_t at = 0; at < length;) {
        unsigned char first = (unsigned char)text[at];
        uint32_t character;
        if (first < 0x80) {
            bytes += escaped_bytes(first);
            at++;
            continue;
        }
        size_t size = utf8_character(text + at, length - at, &character);
        bytes += size == 0 ? 1 : size == 4 ? 2 * UNICODE_ESCAPE_BYTES : UNICODE_ESCAPE_BYTES;
        at += size == 0 ? 1 : size;
    }
    return bytes;
}

static char *write_ascii(char *out, char character) {
    if ((unsigned char)character < 0x20) {
        return write_escape(out, (unsigned char)character);
    }
    if (character == '"' || character == '\\') {
        *out++ = '\\';
    }
    *out++ = character;
    return out;
}

static char *write_units(char *out, uint32_t character) {
    if (character < 0x10000) {
        return write_escape(out, character);
    }
    out = write_escape(out, 0xd800 + ((character - 0x10000) >> 10));
    return write_escape(out, 0xdc00 + ((character - 0x10000) & 0x3ff));
}

char *json_ascii_write(char *out, const char *text, size_t length) {
    *out++ = '"';
    for (size_t at = 0; at < length;) {
        uint32_t character;
        if ((unsigned char)text[at] < 0x80) {
            out = write_ascii(out, text[at++]);
            continue;
        }
        size_t size = utf8_character(text + at, length - at, &character);
        out = size == 0 ? write_ascii(out, '?') : write_units(out, character);
        at += size == 0 ? 1 : size;
    }
    *out++ = '"';
    return out;
}

char *json_marked_write(char *out, const char *text, size_t length, const struct bet_marks *marks) {
    size_t at = 0; // bytes written
    *out++ = '"';
    for (uint64_t left = marks->escapes | marks->pairs; left != 0;) {
        size_t next = (size_t)__builtin_ctzll(left);
        memcpy(out, text + at, next - at);
        out += next - at;
        at = next;
        left &= left - 1;
        if ((marks->pairs >> at & 1) != 0) {
            left &= left - 1;
            out = write_escape(out, (text[at] & 0x1fU) << 6 | (text[at + 1] & 0x3fU));
            at += 2;
        } else {
            *out++ = '\\';
            *out++ = text[at++];
        }
    }
    memcpy(out, text + at, length - at);
    out += length - at;
    *out++ = '"';
    return out;
}

char *json_raw_write(char *out, const char *text) {
    size_t length = strlen(text);
    memcpy(out, text, length);
    return out + length;
}

// Numbers -------------------------------------------------------------------------------------------------

char *json_number_write(char *out, uint64_t number) {
    char digits[JSON_NUMBER_BYTES_MAX];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *out++ = digits[--count];
    }
    return out;
}

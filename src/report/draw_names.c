#include "report/draw_names.h"

#include "base/attributes.h"
#include "base/log_text.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <string.h>

// The log's own way, so that it is the same.
static void write_value(char text[DRAW_NAMES_BYTES], const char *format, ...) PRINTF_LIKE(2, 3);

static void write_value(char text[DRAW_NAMES_BYTES], const char *format, ...) {
    va_list values;
    va_start(values, format);
    text[log_text_add(text, 0, DRAW_NAMES_BYTES, format, values)] = '\0';
    va_end(values);
}

// `other`: what stands for each byte that is no UTF-8.
static void write_utf8(char to[DRAW_NAMES_BYTES], const char *text, const char *other) {
    size_t length = strlen(text), written = 0;
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t size = utf8_character(text + at, length - at, &character);
        const char *bytes = size == 0 ? other : text + at;
        size_t taken = size == 0 ? strlen(other) : size;
        if (written + taken >= DRAW_NAMES_BYTES) {
            break;
        }
        memcpy(to + written, bytes, taken);
        written += taken;
        at += size == 0 ? 1 : size;
    }
    to[written] = '\0';
}

void draw_names_make(struct draw_names *names, const char *draw) {
    write_value(names->text, "%.*s", DRAW_NAME_BYTES_MAX, draw);
    write_utf8(names->json, names->text, "\xEF\xBF\xBD");
    write_utf8(names->audit_log, draw, "?");
}

#include "free_text.h"

#include "wire/frame.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char refusal[] = "{\"type_message\":4,";
static const char key[] = "\"message\":\"";
static const char fixed[] = "(free text)";

// The quote that ends a JSON string.
static const uint8_t *end_of_string(const uint8_t *at, const uint8_t *end) {
    while (at < end && *at != '"') {
        at += *at == '\\' ? 2 : 1;
    }
    return at < end ? at : end;
}

const uint8_t *free_text_replace(const uint8_t *frame, size_t *length, uint8_t *room) {
    const uint8_t *message = frame + FRAME_HEADER_BYTES, *end = frame + *length;
    if (*length < FRAME_HEADER_BYTES + sizeof refusal - 1 ||
        memcmp(message, refusal, sizeof refusal - 1) != 0) {
        return frame;
    }
    const uint8_t *text = memmem(message, (size_t)(end - message), key, sizeof key - 1);
    if (text == NULL) {
        return frame;
    }
    text += sizeof key - 1;
    const uint8_t *rest = end_of_string(text, end);
    uint8_t *out = room;
    out = mempcpy(out, frame, (size_t)(text - frame));
    out = mempcpy(out, fixed, sizeof fixed - 1);
    out = mempcpy(out, rest, (size_t)(end - rest));
    *length = (size_t)(out - room);
    frame_write_header(room, *length - FRAME_HEADER_BYTES);
    return room;
}

static bool has_key(const char *field, const char *name) {
    size_t length = strlen(name);
    return strncmp(field, name, length) == 0 && strncmp(field + length, ": ", 2) == 0;
}

void free_text_cut(char *fields) {
    static const char separator[] = " | ";
    for (char *field = fields; field != NULL;) {
        char *next = strstr(field, separator);
        char *after = next != NULL ? next + sizeof separator - 1 : NULL;
        if (has_key(field, "message")) { // the last field: what follows belongs to it, even if it has " | "
            *field = '\0';
            return;
        }
        if (!has_key(field, "reason")) {
            field = after;
        } else if (after == NULL) {
            *field = '\0';
            return;
        } else {
            memmove(field, after, strlen(after) + 1);
        }
    }
}

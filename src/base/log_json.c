#include "base/log_json.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char separator[] = " | ", ending[] = "\"}", unknown[] = "\xEF\xBF\xBD";

struct object {
    char *bytes;
    size_t length, room; // `room` leaves out what the ending takes
    bool is_full;        // something was cut: nothing follows
};

static void put(struct object *object, const char *bytes, size_t length) {
    object->is_full = object->is_full || object->room - object->length < length;
    if (!object->is_full) {
        memcpy(object->bytes + object->length, bytes, length);
        object->length += length;
    }
}

// Adds one character, escaped. Returns how many bytes of the text it took.
static size_t put_character(struct object *object, const char *text, size_t length) {
    uint32_t character;
    size_t size = utf8_character(text, length, &character);
    char escaped[8];
    if (size == 0) {
        put(object, unknown, sizeof unknown - 1);
        return 1;
    }
    if (character < ' ') {
        put(object, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)character));
    } else if (character == '"' || character == '\\') {
        put(object, (char[]){'\\', text[0]}, 2);
    } else {
        put(object, text, size);
    }
    return size;
}

static void put_text(struct object *object, const char *text, size_t length) {
    for (size_t at = 0; at < length && !object->is_full;) {
        at += put_character(object, text + at, length - at);
    }
}

// `field` is `key: value`. One without a key was cut off there, as no line is made so.
static void put_field(struct object *object, const char *field, size_t length) {
    const char *colon = memmem(field, length, ": ", 2);
    struct object before = *object;
    if (colon == NULL) {
        return;
    }
    put(object, "\",\"", 3);
    put_text(object, field, (size_t)(colon - field));
    put(object, "\":\"", 3);
    if (object->is_full) { // not even its key has room
        *object = before;
        object->is_full = true;
        return;
    }
    put_text(object, colon + 2, length - (size_t)(colon + 2 - field));
}

size_t log_json_write(char line[LOG_LINE_BYTES_MAX], size_t length, const char *level) {
    char fields[LOG_LINE_BYTES_MAX], time[CLOCK_UTC_MS_BYTES];
    struct object object = {.bytes = line, .room = LOG_LINE_BYTES_MAX - sizeof ending};
    memcpy(fields, line, length);
    clock_utc_ms_text(time);
    object.length = (size_t)sprintf(line, "{\"time\":\"%s\",\"level\":\"%s", time, level);
    for (const char *field = fields, *end = fields + length; field <= end && !object.is_full;) {
        const char *next = memmem(field, (size_t)(end - field), separator, sizeof separator - 1);
        size_t field_length = (size_t)((next == NULL ? end : next) - field);
        put_field(&object, field, field_length);
        field = next == NULL ? end + 1 : next + sizeof separator - 1;
    }
    memcpy(object.bytes + object.length, ending, sizeof ending - 1);
    return object.length + sizeof ending - 1;
}

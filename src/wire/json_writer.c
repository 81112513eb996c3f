#include "wire/json_writer.h"

#include "base/memory.h"
#include "wire/json_text.h"

#include <string.h>

enum { ROOM_FIRST = 256 };

// Makes room for that many further bytes. Returns where they go; NULL when there is no memory.
static char *reserve(struct json_writer *writer, size_t bytes) {
    if (writer->failed) {
        return NULL;
    }
    if (writer->room - writer->length < bytes) {
        size_t room = 2 * (writer->length + bytes) + ROOM_FIRST;
        char *text = memory_resize(writer->text, room);
        if (text == NULL) {
            writer->failed = true;
            return NULL;
        }
        writer->text = text;
        writer->room = room;
    }
    return writer->text + writer->length;
}

void json_put_raw(struct json_writer *writer, const char *bytes) {
    size_t length = strlen(bytes);
    char *out = reserve(writer, length);
    if (out != NULL) {
        memcpy(out, bytes, length);
        writer->length += length;
    }
}

static void put_text(struct json_writer *writer, const char *text, size_t length) {
    char *out = reserve(writer, json_ascii_bytes(text, length));
    if (out != NULL) {
        writer->length = (size_t)(json_ascii_write(out, text, length) - writer->text);
    }
}

// What comes before a value: the comma behind the one before it, and its key.
static void begin_value(struct json_writer *writer, const char *key) {
    if (writer->length > 0 && !writer->failed && strchr("{[", writer->text[writer->length - 1]) == NULL) {
        json_put_raw(writer, ",");
    }
    if (key != NULL) {
        put_text(writer, key, strlen(key));
        json_put_raw(writer, ":");
    }
}

void json_begin(struct json_writer *writer, const char *key) {
    begin_value(writer, key);
    json_put_raw(writer, "{");
}

void json_end(struct json_writer *writer) {
    json_put_raw(writer, "}");
}

void json_begin_list(struct json_writer *writer, const char *key) {
    begin_value(writer, key);
    json_put_raw(writer, "[");
}

void json_end_list(struct json_writer *writer) {
    json_put_raw(writer, "]");
}

void json_put_text(struct json_writer *writer, const char *key, const char *text) {
    json_put_bytes(writer, key, text, text == NULL ? 0 : strlen(text));
}

void json_put_text_if_any(struct json_writer *writer, const char *key, const char *text) {
    json_put_text(writer, key, text[0] == '\0' ? NULL : text);
}

void json_put_bytes(struct json_writer *writer, const char *key, const char *text, size_t length) {
    if (text == NULL) {
        json_put_null(writer, key);
        return;
    }
    begin_value(writer, key);
    put_text(writer, text, length);
}

void json_put_number(struct json_writer *writer, const char *key, uint64_t number) {
    begin_value(writer, key);
    char *out = reserve(writer, JSON_NUMBER_BYTES_MAX);
    if (out != NULL) {
        writer->length = (size_t)(json_number_write(out, number) - writer->text);
    }
}

void json_put_bool(struct json_writer *writer, const char *key, bool value) {
    begin_value(writer, key);
    json_put_raw(writer, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer, const char *key) {
    begin_value(writer, key);
    json_put_raw(writer, "null");
}

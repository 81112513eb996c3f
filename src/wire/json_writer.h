// Writes one JSON value piece by piece, with the commas in their places. In ASCII alone, and without a line
// break.
#ifndef QUINIELA_WIRE_JSON_WRITER_H
#define QUINIELA_WIRE_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Begins zeroed. When memory runs out, `failed` is set, and nothing more is written. `text` is the owner's,
// who frees it; it is not ended by a NUL.
struct json_writer {
    char *text;
    size_t length, room;
    bool failed;
};

// Begin and end an object, or an array. In an object everything has a key, in an array and at the top it is
// NULL.
void json_begin(struct json_writer *writer, const char *key);
void json_end(struct json_writer *writer);
void json_begin_list(struct json_writer *writer, const char *key);
void json_end_list(struct json_writer *writer);

// One value. A text that is NULL becomes null; bytes that are not UTF-8 become '?'.
// json_put_bytes takes a text without a NUL.
void json_put_text(struct json_writer *writer, const char *key, const char *text);
void json_put_bytes(struct json_writer *writer, const char *key, const char *text, size_t length);
void json_put_number(struct json_writer *writer, const char *key, uint64_t number);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_null(struct json_writer *writer, const char *key);

// A text that there may not be, such as a stored time: "" becomes null.
void json_put_text_if_any(struct json_writer *writer, const char *key, const char *text);

// Adds bytes as they are, behind the value.
void json_put_raw(struct json_writer *writer, const char *bytes);

#endif

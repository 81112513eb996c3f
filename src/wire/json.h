// Reads one JSON object whose field names are known beforehand. Knows nothing of messages. The parser is
// simdjson, which is C++; the rest of the program sees only this header.
#ifndef QUINIELA_WIRE_JSON_H
#define QUINIELA_WIRE_JSON_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JSON_FIELDS_MAX = 16 }; // that one call asks for

enum json_kind {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_INTEGER, // a whole number that fits 64 bits
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
    JSON_OTHER, // any other number
};

struct json_value {
    enum json_kind kind;
    bool boolean;
    int64_t integer;
    const char *text; // JSON_STRING: without its escapes, not ended by a NUL; valid until the next parse
    size_t text_length;
    size_t elements; // JSON_ARRAY
    size_t handle;   // for json_each_… and json_read_members
};

struct json_parser; // its memory is reused for every text; for one thread

// NULL when out of memory.
struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *parser);

// Parses the whole text, an object, and puts its fields called `names` (`count` of them, at most
// JSON_FIELDS_MAX) into `values`; missing ones become JSON_ABSENT, and others are skipped. JSON_PADDING_BYTES
// after the text must be readable. Fails with ERROR_BAD_JSON if it does not parse, and with ERROR_BAD_MESSAGE
// if it is not an object or has one of the fields twice.
bool json_parse_object(struct json_parser *parser, const uint8_t *text, size_t length,
                       const char *const *names, int count, struct json_value *values,
                       struct error *error) MUST_CHECK;

// The same for an object inside the last parsed text. The handles of `values` replace the earlier ones.
bool json_read_members(struct json_parser *parser, const struct json_value *object, const char *const *names,
                       int count, struct json_value *values, struct error *error) MUST_CHECK;

// Receives one string of an array. Returns false to stop.
typedef bool (*json_string)(void *context, const char *text, size_t length);

// Passes every string of the array to `each`, in order. Returns how many were taken: fewer than
// array->elements if `each` stopped, or if the next element is not a string (*not_a_string is then true).
size_t json_each_string(struct json_parser *parser, const struct json_value *array, json_string each,
                        void *context, bool *not_a_string);

// Receives one number of an array. Returns false to stop.
typedef bool (*json_number)(void *context, uint64_t number);

// Passes every number of the array to `each`, in order. Returns how many were taken: fewer than
// array->elements if `each` stopped, or if the next element is not a whole number from 0 on.
size_t json_each_number(struct json_parser *parser, const struct json_value *array, json_number each,
                        void *context);

// Receives the fields of one object of an array; missing ones are JSON_ABSENT. Returns false to stop.
typedef bool (*json_object)(void *context, const struct json_value *values);

// Passes the fields called `names` of every object of the array to `each`, in order; the handles of those
// values cannot be used. Returns how many were taken: fewer than array->elements if `each` stopped, or if the
// next element is not an object or has a field twice.
size_t json_each_object(struct json_parser *parser, const struct json_value *array, const char *const *names,
                        int count, json_object each, void *context);

#ifdef __cplusplus
}
#endif

#endif

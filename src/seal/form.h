// A text of lines, read from the first to the last, each of which must be as it is asked for. What comes may
// be an enemy's; every refusal is ERROR_BAD_FORM, and says which line it is: "the rules, line 4: …".
#ifndef QUINIELA_SEAL_FORM_H
#define QUINIELA_SEAL_FORM_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/slice.h"

#include <stdint.h>

struct form {
    const char *what;     // "the rules", a string constant
    const char *at, *end; // what has not been read yet
    size_t line;          // the number of the line read last, from 1
};

// Begins to read the text, which must outlive what is read of it.
void form_begin(struct form *form, const char *what, struct slice text);

// Reads the next line, without its line end. Refused: a text that is at its end, a line without a line end.
bool form_line(struct form *form, struct slice *line, struct error *error) MUST_CHECK;

// Reads a line that must be `wanted`.
bool form_literal(struct form *form, const char *wanted, struct error *error) MUST_CHECK;

// Reads a line that must be `key`, a space, and a value of at least one byte.
bool form_value(struct form *form, const char *key, struct slice *value, struct error *error) MUST_CHECK;

// Such a line whose value is a decimal number from `min` to `max`.
bool form_number(struct form *form, const char *key, uint64_t min, uint64_t max, uint64_t *value,
                 struct error *error) MUST_CHECK;

// Such a line whose value is a hash in base64; with "" as `key` the line is nothing but the hash.
bool form_hash(struct form *form, const char *key, struct hash *hash, struct error *error) MUST_CHECK;

// Such a line whose value is a moment; seconds since 1970.
bool form_instant(struct form *form, const char *key, uint64_t *seconds, struct error *error) MUST_CHECK;

// Reads a line that must be an origin.
bool form_origin(struct form *form, struct slice *origin, struct error *error) MUST_CHECK;

// Whether the next line begins with `key` and a space.
bool form_next_is(const struct form *form, const char *key);

// Whether the text is at its end; form_end refuses what is not.
bool form_at_end(const struct form *form);
bool form_end(const struct form *form, struct error *error) MUST_CHECK;

// Sets `error` to ERROR_BAD_FORM, with the text's name, the number of the line read last, and the formatted
// text. Returns false.
bool form_refuse(const struct form *form, struct error *error, const char *format, ...) PRINTF_LIKE(3, 4);

// Cuts a line at each of its spaces. Returns whether it has exactly `count` parts, none of them empty.
bool form_cut(struct slice line, struct slice *parts, size_t count) MUST_CHECK;

#endif

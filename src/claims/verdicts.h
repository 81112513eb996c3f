// What a check of a draw has found: one claim a line, and what follows from all of them.
#ifndef QUINIELA_CLAIMS_VERDICTS_H
#define QUINIELA_CLAIMS_VERDICTS_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum verdict_state {
    VERDICT_OK,
    VERDICT_FALSE,
    VERDICT_NOT_CHECKED,
    VERDICT_NOT_GIVEN, // a flag: listed only
    VERDICT_NOTE,      // nothing is claimed
};

// The exit status of a check.
enum verdicts_status {
    VERDICTS_HOLD = 0,
    VERDICTS_FALSE = 1,
    VERDICTS_WRONG_USE = 2,
    VERDICTS_NOT_ALL_CHECKED = 3,
};

enum { WHAT_BYTES = 1024 }; // of a claim's name, and a NUL

struct verdicts {
    struct verdict {
        enum verdict_state state;
        char *what, *why; // as they may be shown
    } * list;
    size_t count;
    bool is_short; // there was no memory for some
};

// Adds one. What comes of somebody else may be in `what` and in the values: it is made harmless, and cut.
void verdicts_add(struct verdicts *verdicts, enum verdict_state state, const char *what, const char *format,
                  ...) PRINTF_LIKE(4, 5);

// Adds that `what` is false, for the error's reason. Returns false when the error says nothing of the claim:
// no memory, or a file that cannot be read.
bool verdicts_refuse(struct verdicts *verdicts, const char *what, const struct error *error) MUST_CHECK;

// What the exit status is; VERDICTS_WRONG_USE when nothing at all was claimed.
enum verdicts_status verdicts_status(const struct verdicts *verdicts);

// Print all: one line each and a summary; or one JSON object, with the draw's origin or NULL.
// ERROR_NO_MEMORY.
void verdicts_print(const struct verdicts *verdicts, FILE *stream);
bool verdicts_print_json(const struct verdicts *verdicts, const char *origin, FILE *stream,
                         struct error *error) MUST_CHECK;

// Puts one of them into an array: its state in lower case, what and why.
struct json_writer;
void verdict_put_json(struct json_writer *json, const struct verdict *verdict);

void verdicts_free(struct verdicts *verdicts);

#endif

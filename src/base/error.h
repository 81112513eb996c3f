// The only error type: a code with a name, a text for people, and whether trying again can help.
#ifndef QUINIELA_BASE_ERROR_H
#define QUINIELA_BASE_ERROR_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ERROR_TEXT_BYTES = 384 };

// A kind of error: its name in messages and log lines, such as "network", and whether the same request may
// succeed later, unchanged. Each code is one constant, compared by its address
// (`error.code == ERROR_NETWORK`). These are the general ones; folders may declare others.
struct error_code {
    const char *name;
    bool retryable;
};

#define ERROR_NONE ((const struct error_code *)0)
extern const struct error_code ERROR_BAD_SETTING[1];
extern const struct error_code ERROR_SYSTEM[1];
extern const struct error_code ERROR_NETWORK[1];
extern const struct error_code ERROR_NO_MEMORY[1];

struct error {
    const struct error_code *code;
    int64_t bet;       // the index of the bet in its chunk, or -1
    const char *field; // a string constant naming the field, or NULL
    char text[ERROR_TEXT_BYTES];
};

// Sets `error` to `code` with the formatted text; no bet, no field. Quoted text can do no harm where it is
// shown: control characters become '?' (log_text_blank). Always returns false, so that a failing function can
// `return error_set(...)`.
bool error_set(struct error *error, const struct error_code *code, const char *format, ...) PRINTF_LIKE(3, 4);

// Sets `error` to ERROR_SYSTEM with the formatted text, followed by the text of `error_number` (an errno).
// Always returns false.
bool error_set_system(struct error *error, int error_number, const char *format, ...) PRINTF_LIKE(3, 4);

// Sets `error` to ERROR_NONE.
void error_clear(struct error *error);

// The name of `code`, a string constant; "none" for ERROR_NONE.
const char *error_name(const struct error_code *code);

// The general code of that name; ERROR_NONE when there is none.
const struct error_code *error_code_named(const char *name);

// Whether the same request may succeed later, unchanged; false for ERROR_NONE.
bool error_retryable(const struct error_code *code);

#ifdef __cplusplus
}
#endif

#endif

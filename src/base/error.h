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
    // What kind of thing went wrong, in words that name no place, file or user, so that anybody may be told,
    // also who may not see `text`: a string constant, or NULL when nobody has said so.
    const char *cause;
};

#define CAUSE_DISK_FULL "the disk is full"
#define CAUSE_DISK_FAILS "the disk fails"
#define CAUSE_FORBIDDEN "a file or folder may not be opened or written"
#define CAUSE_NOT_THERE "a file or folder is not there"
#define CAUSE_NO_MEMORY "there is no memory"
#define CAUSE_DAMAGED "it is damaged"

// Sets `error` to `code` with the formatted text; no bet, no field, no cause. Quoted text can do no harm
// where it is shown: control characters become '?' (log_text_blank). The format is translated, where
// translate_begin has been called. Always returns false, so that a failing function can `return
// error_set(...)`.
bool error_set(struct error *error, const struct error_code *code, const char *format, ...) PRINTF_LIKE(3, 4);

// Sets `error` to ERROR_SYSTEM with the formatted text, followed by the text of `error_number` (an errno),
// which is its cause, too, if it is one of those above. Always returns false.
bool error_set_system(struct error *error, int error_number, const char *format, ...) PRINTF_LIKE(3, 4);

// Gives an error that was set its cause, a string constant or NULL. Always returns false, so that a failing
// function can `return error_set(...) || error_because(...)`.
bool error_because(struct error *error, const char *cause);

// Its cause, or else where to look for it; never NULL.
const char *error_cause(const struct error *error);

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

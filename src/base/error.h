// The one error type: a code with a name, a text for people, and whether trying again can help.
#ifndef QUINIELA_BASE_ERROR_H
#define QUINIELA_BASE_ERROR_H

#include "base/attributes.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The names of the codes (error_name) are part of the protocol: they travel in ERROR messages.
enum error_code {
    ERROR_NONE = 0,
    // What came over the wire is wrong.
    ERROR_BAD_FRAME,      // a length over the limit: the stream is out of step
    ERROR_BAD_JSON,       // the message does not parse
    ERROR_BAD_MESSAGE,    // a field is missing or wrong
    ERROR_UNKNOWN_TYPE,   // `type_message` is none that exists
    ERROR_NOT_AUTHORIZED, // the certificate is another agency's
    ERROR_UNKNOWN_AGENCY, // the agency is none of the draw's
    ERROR_BAD_BET,        // a bet of the chunk, or a line of a file
    // It does not fit what is stored.
    ERROR_GAP,             // bets before this chunk are missing
    ERROR_CONFLICT,        // other bets are stored at this place
    ERROR_AGENCY_FINISHED, // the agency has sent its last chunk
    // It cannot be answered.
    ERROR_TOO_MANY_WINNERS, // more than a message has room for
    // The central cannot do it now.
    ERROR_STORE_FAILED,
    ERROR_STORE_STALE,   // what is stored is not what was thought: it is to be read again; never on the wire
    ERROR_STORE_REFUSED, // the store will not take this, for what it is; never on the wire
    ERROR_STORE_AWAY,    // the store cannot be reached, and may come back; never on the wire
    ERROR_SHUTTING_DOWN,
    // The program's surroundings.
    ERROR_BAD_SETTING,
    ERROR_SYSTEM,
    ERROR_NETWORK,
    ERROR_NO_MEMORY,
    ERROR_CODES, // how many there are
};

struct error {
    enum error_code code;
    int64_t bet;       // the index of the bet in its chunk, or -1
    const char *field; // a string constant naming the field, or NULL
    char text[ERROR_TEXT_BYTES];
};

// Sets `error` to `code` with the formatted text; no bet, no field. What it quotes can
// do no harm where it is shown: control characters come out as '?' (log_text_blank). Always returns false, so
// that a function that fails can `return error_set(...)`.
bool error_set(struct error *error, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

// Sets `error` to ERROR_SYSTEM with the formatted text and, behind it, the text of `error_number` (an errno).
// Always returns false.
bool error_set_system(struct error *error, int error_number, const char *format, ...) PRINTF_LIKE(3, 4);

// Makes `error` say that there is none.
void error_clear(struct error *error);

// The name of `code` as it goes over the wire and into log lines, such as "bad_bet". A string constant.
const char *error_name(enum error_code code);

// The code with that name; ERROR_NONE when there is none.
enum error_code error_code_named(const char *name);

// Whether the same request may succeed later without being changed.
bool error_retryable(enum error_code code);

#ifdef __cplusplus
}
#endif

#endif

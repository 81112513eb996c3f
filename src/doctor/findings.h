// What the doctor has found, a line for each check: printed at once, or as one JSON object at the end.
#ifndef QUINIELA_DOCTOR_FINDINGS_H
#define QUINIELA_DOCTOR_FINDINGS_H

#include "base/attributes.h"
#include "wire/json_writer.h"

#include <stdbool.h>

enum finding {
    FINDING_OK,
    FINDING_WRONG,    // and what to do
    FINDING_SKIPPED,  // an earlier check has failed, or there is nothing to look at
    FINDING_NOT_TOLD, // this central does not say
};

struct findings {
    bool as_json, has_wrong;
    struct json_writer json;
};

// Begins; `findings_end` follows.
void findings_begin(struct findings *findings, bool as_json);

// Adds one. `check` is what was looked at, a word or two. `todo` says what to do, for what is wrong;
// otherwise NULL. All three are translated here, where catalog_begin has been called.
void findings_add(struct findings *findings, enum finding finding, const char *check, const char *todo,
                  const char *format, ...) PRINTF_LIKE(5, 6);

// Prints the JSON object, if that is what it is to be, and frees the memory. False when it ran out.
bool findings_end(struct findings *findings) MUST_CHECK;

#endif

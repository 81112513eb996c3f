// What an operator is to do next, in one sentence.
#ifndef QUINIELA_CLI_STATUS_ADVICE_H
#define QUINIELA_CLI_STATUS_ADVICE_H

#include "cli/call_flags.h"
#include "cli/status_reading.h"

enum { STATUS_ADVICE_BYTES = 768 + 2 * CALL_FLAGS_BYTES };

struct status_advice {
    const char *code; // for programs (docs/protocol.md lists them)
    uint32_t agency;  // whom it is about; 0: nobody
    char text[STATUS_ADVICE_BYTES];
};

// Finds it from all that *status has.
void status_advise(const struct status *status, struct status_advice *advice);

#endif

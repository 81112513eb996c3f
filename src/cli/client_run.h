// Runs an agency of the lottery to its end, or until a signal to end comes.
#ifndef QUINIELA_CLI_CLIENT_RUN_H
#define QUINIELA_CLI_CLIENT_RUN_H

#include "base/error.h"
#include "lib/agency.h"

// What became of it.
struct client_end {
    uint64_t bad_lines; // of its file; 0 also where the file as a whole is of another kind
    struct error error;
};

// Makes the agency of `setup`, which owns from then on what setup's fields point to: they are NULL
// afterwards, unless it could not be made. Logs what happens (setup's listener), shows the progress, and runs
// until the winners are known, something fails that a retry cannot fix, or SIGTERM or SIGINT comes. Returns
// true when done, or ended by a signal. On failure `end` gives the reason, which has been logged.
bool client_run(struct agency_setup *setup, struct client_end *end) MUST_CHECK;

#endif

// Looks at an agency's whole file, some lines at a time: file_check.h says why, and what counts as good.
#ifndef QUINIELA_AGENCY_FILE_STEPS_H
#define QUINIELA_AGENCY_FILE_STEPS_H

#include "agency/reader.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { BAD_LINES_LISTED_MAX = 20 };

// What was found.
struct file_findings {
    uint64_t lines, bad; // those that were looked at; how many of them are no bets
    bool is_other;       // the file as a whole is of another kind: the rest was not looked at
    bool was_stopped;    // a signal to end has come, or the time is over: the rest was not looked at
};

enum file_step {
    FILE_STEP_MORE, // there are more lines to look at
    FILE_STEP_GOOD, // the whole file is; one that can be read twice is at its beginning again
    FILE_STEP_BAD,  // `error` is what was wrong first
};

// Looks at the next lines of a reader, about a millisecond's work, and tells of the bad ones, up to
// BAD_LINES_LISTED_MAX (report.h). `findings` is all zero at first, and the same in all calls, as `error` is.
enum file_step file_step(struct reader *reader, uint32_t agency, struct file_findings *findings,
                         struct error *error) MUST_CHECK;

#endif

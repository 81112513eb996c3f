// Checks an agency's whole file before anything of it is sent: a bad line in the middle would leave the bets
// before it stored, and those after it not.
#ifndef QUINIELA_AGENCY_FILE_CHECK_H
#define QUINIELA_AGENCY_FILE_CHECK_H

#include "agency/file_steps.h"

// Checks each line of a reader that is at its beginning, and logs the bad ones, up to BAD_LINES_LISTED_MAX. A
// file without bets is warned of, or refused by a strict reader. A file that can be read twice is at its
// beginning again afterwards, and must not change from then on (reader_checked).
// Returns whether everything is good, or a signal has come. On failure `error` is what was wrong first, with
// file and line: ERROR_BAD_BET, ERROR_CONFLICT when the file has changed meanwhile, ERROR_SYSTEM.
bool file_check(struct reader *reader, uint32_t agency, struct file_findings *findings,
                struct error *error) MUST_CHECK;

// The same, but stops at `until_ms` (clock_steady_ms); 0: never.
bool file_check_until(struct reader *reader, uint32_t agency, uint64_t until_ms,
                      struct file_findings *findings, struct error *error) MUST_CHECK;

#endif

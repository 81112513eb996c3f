// What is told of an agency's files, as events (listener.h): of its bets, and of what it keeps.
#ifndef QUINIELA_AGENCY_FILE_REPORT_H
#define QUINIELA_AGENCY_FILE_REPORT_H

#include "base/error.h"

#include <stdint.h>

// The file at `path` was checked, and has no bets.
void report_empty_file(const char *path, uint32_t agency);

// The last line of the file at `path` has no line end, and is accepted; `shown` is the line, for people.
void report_no_line_end(const char *path, uint64_t line, const char *shown);

// The whole file is good, and has `total` bets.
void report_checked(const char *path, uint64_t total);

// The receipts' file at `path` had a last receipt that was cut off as it was written.
void report_receipt_cut(const char *path);

// The bets could not be read, or differ from the stored ones.
void report_bad_line(const struct error *error);

// The seal of the draw has come, and is kept in that folder, in a file that begins with that name.
void report_sealed(const char *folder, const char *name);

#endif

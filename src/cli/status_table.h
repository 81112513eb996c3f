// A draw and its agencies as a table, for people.
#ifndef QUINIELA_CLI_STATUS_TABLE_H
#define QUINIELA_CLI_STATUS_TABLE_H

#include "cli/status_reading.h"

// Prints it on standard output, after status_count: at most status->rows_max agencies, and then what
// status_night.h has. Errors as store_agencies; those of the output are left to
// the caller (ferror).
bool status_table_print(struct status *status, struct error *error) MUST_CHECK;

#endif

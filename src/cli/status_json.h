// A draw and its agencies as one line of JSON, for programs.
#ifndef QUINIELA_CLI_STATUS_JSON_H
#define QUINIELA_CLI_STATUS_JSON_H

#include "cli/status_reading.h"

// Prints it on standard output, after status_count. Errors as store_agencies, and then the JSON is cut off;
// those of the output are left to the caller (ferror).
bool status_json_print(struct status *status, struct error *error) MUST_CHECK;

#endif

// The error codes of an agency that was told the central's key, in addition to those of bet/errors.h. Neither
// says that the central is false: the agency may have been given another central's address, or another key.
#ifndef QUINIELA_AGENCY_ERRORS_H
#define QUINIELA_AGENCY_ERRORS_H

#include "base/error.h"

extern const struct error_code ERROR_NOT_SIGNED[1]; // the central's draw has no rules
extern const struct error_code ERROR_OTHER_KEY[1];  // it has, and the key has not signed them

#endif

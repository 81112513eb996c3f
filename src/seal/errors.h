// The error codes of a verifiable draw, in addition to the general ones of base/error.h.
#ifndef QUINIELA_SEAL_ERRORS_H
#define QUINIELA_SEAL_ERRORS_H

#include "base/error.h"

// The bytes are not of the form that they must have: an unknown line, an encoding that is not the one its
// value has, a length over its limit. The text says which line.
extern const struct error_code ERROR_BAD_FORM[1];

// The form is right, and what is claimed does not hold: a signature, a path, a number.
extern const struct error_code ERROR_FALSE_CLAIM[1];

// The work was not finished, because the caller wanted it stopped.
extern const struct error_code ERROR_SEAL_STOPPED[1];

#endif

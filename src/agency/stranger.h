// What is at the other end, when it is no central.
#ifndef QUINIELA_AGENCY_STRANGER_H
#define QUINIELA_AGENCY_STRANGER_H

#include <stddef.h>
#include <stdint.h>

// Says what speaks so, of bytes that begin with no message of a length that a central sends.
const char *stranger_say(const uint8_t *bytes, size_t length);

#endif

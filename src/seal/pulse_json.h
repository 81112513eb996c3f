// A pulse, read from the JSON that NIST's beacon gives.
#ifndef QUINIELA_SEAL_PULSE_JSON_H
#define QUINIELA_SEAL_PULSE_JSON_H

#include "seal/pulse.h"

// Reads the pulse, at most PULSE_BYTES_MAX bytes and PULSE_DEPTH_MAX deep. Hex may be of either case. What
// else the JSON has is not looked at. ERROR_BAD_FORM names the field; ERROR_NO_MEMORY.
bool pulse_json_read(struct slice json, struct pulse *pulse, struct error *error) MUST_CHECK;

#endif

// A QR code as inline SVG.
#ifndef QUINIELA_PROVE_QR_CODE_H
#define QUINIELA_PROVE_QR_CODE_H

#include "base/error.h"
#include "seal/slice.h"

#include <stdio.h>

enum {
    QR_VERSION_MAX = 30, // larger ones are not read well from paper
    QR_SIDE_MM_MIN = 60, // of the code, without the quiet zone around it
};

// Writes the code (error correction level L) of `before` as bytes, which may be empty, followed by `code` as
// letters and digits (A-Z, 0-9). *fits is false, and nothing is written, when it would be of a version beyond
// QR_VERSION_MAX. ERROR_NO_MEMORY; ERROR_SYSTEM when the library fails.
bool qr_code_write(FILE *out, struct slice before, struct slice code, bool *fits,
                   struct error *error) MUST_CHECK;

#endif

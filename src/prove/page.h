// Proofs as a page to print, in HTML, in Spanish and English: what the bet says, and its QR code.
#ifndef QUINIELA_PROVE_PAGE_H
#define QUINIELA_PROVE_PAGE_H

#include "base/error.h"
#include "seal/proof.h"

#include <stdio.h>

enum { VERIFY_URL_BYTES_MAX = 200 };

// Whether the address may stand before a proof's code, which follows it as its fragment (after '#'): http or
// https, printable ASCII without quotes, angle brackets and '#'. ERROR_BAD_SETTING.
bool page_url_is_valid(const char *url, struct error *error) MUST_CHECK;

// Writes what comes before the first proof, and after the last one.
void page_begin(FILE *out);
void page_end(FILE *out);

// Writes a proof, which `key` has signed. `url` is the address that the code opens, NULL for none: then the
// code is the proof alone. ERROR_BAD_FORM and ERROR_FALSE_CLAIM when the proof does not hold;
// ERROR_NO_MEMORY.
bool page_put(FILE *out, const struct proof *proof, const struct vkey *key, const char *url,
              struct error *error) MUST_CHECK;

#endif

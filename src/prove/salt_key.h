// K(a) in a file: a line of base64, as `quiniela verify --salt-key` reads it.
#ifndef QUINIELA_PROVE_SALT_KEY_H
#define QUINIELA_PROVE_SALT_KEY_H

#include "base/error.h"
#include "seal/encoding.h"
#include "seal/salt.h"

enum { SALT_KEY_TEXT_BYTES = BASE64_TEXT_BYTES(AGENCY_KEY_BYTES) + 1 };

// Writes the key's text, and a NUL. Returns its length. The caller wipes it. The draw's secret has the same
// form.
size_t salt_key_write(const uint8_t key[AGENCY_KEY_BYTES], char text[SALT_KEY_TEXT_BYTES]);

// Reads the file, which its owner alone may read. ERROR_BAD_SETTING, ERROR_SYSTEM, ERROR_BAD_FORM,
// ERROR_NO_MEMORY; each names the file. The caller wipes the key.
bool salt_key_read(const char *path, uint8_t key[AGENCY_KEY_BYTES], struct error *error) MUST_CHECK;

#endif

// A private key in a file, PEM (PKCS #8, RFC 8410), which its owner alone may read.
#ifndef QUINIELA_NOTARY_KEY_FILE_H
#define QUINIELA_NOTARY_KEY_FILE_H

#include "seal/signing_key.h"

// Reads the key, under the name that it signs with. ERROR_BAD_SETTING when others may read the file, or it
// holds no Ed25519 key; ERROR_SYSTEM; ERROR_NO_MEMORY. Each names the path. Freed by the caller
// (signing_key_free).
bool key_file_read(const char *path, const char *name, struct signing_key **key,
                   struct error *error) MUST_CHECK;

// Makes the file, with mode 0600, and syncs it. ERROR_BAD_SETTING when there is one of that name already: a
// key is never replaced. ERROR_SYSTEM.
bool key_file_make(const char *path, const struct signing_key *key, struct error *error) MUST_CHECK;

#endif

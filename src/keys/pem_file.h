// Files of keys and certificates, in PEM (RFC 7468): written whole or not at all, keys readable by their
// owner only.
#ifndef QUINIELA_KEYS_PEM_FILE_H
#define QUINIELA_KEYS_PEM_FILE_H

#include "base/error.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

// Writes the file under a temporary name, then renames it. A key's mode is 0600, the others' is 0644.
// ERROR_SYSTEM, naming the file.
bool pem_write_key(const char *path, EVP_PKEY *key, struct error *error) MUST_CHECK;
bool pem_write_certificate(const char *path, X509 *certificate, struct error *error) MUST_CHECK;
bool pem_write_revocations(const char *path, X509_CRL *list, struct error *error) MUST_CHECK;

// Reads a file; the caller frees the result. NULL with ERROR_BAD_SETTING, naming the file, when it cannot be
// read or holds something else.
EVP_PKEY *pem_read_key(const char *path, struct error *error);
X509 *pem_read_certificate(const char *path, struct error *error);
X509_CRL *pem_read_revocations(const char *path, struct error *error);

#endif

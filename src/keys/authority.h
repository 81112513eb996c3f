// A small certificate authority, for trying the lottery out and for its tests: it signs the certificates of
// one server and of the agencies, and keeps the list of revoked ones. One folder holds all of it. For
// production see docs/security.md.
#ifndef QUINIELA_KEYS_AUTHORITY_H
#define QUINIELA_KEYS_AUTHORITY_H

#include "base/error.h"

#include <stdbool.h>

struct authority;

// What authority_open did: it created the authority; it moved the key.
struct authority_opened {
    bool made, moved;
};

// Reads ca.crt and authority/ca.key in the folder, or creates the folder and both files. The key has a folder
// of its own, since a server may read the folder of its certificate. A ca.key that an older version left
// beside ca.crt is moved there. ERROR_BAD_SETTING when the files exist but cannot be used, ERROR_SYSTEM when
// they cannot be created; both name the file. On success the caller owns *authority, until authority_close.
bool authority_open(const char *folder, struct authority **authority, struct authority_opened *opened,
                    struct error *error) MUST_CHECK;

// Frees it and sets the caller's pointer to NULL.
void authority_close(struct authority **authority);

// What a certificate is for.
struct certificate_request {
    const char *name;  // of the files, NAME.crt and NAME.key, and the subject's common name
    const char *names; // subjectAltName, such as "DNS:localhost,IP:127.0.0.1"
    bool is_server;    // otherwise a client's
    int days;          // how long it is valid; never longer than the authority
};

// Creates a key and a certificate unless both exist; *made says which. An existing key is kept. ERROR_SYSTEM
// or ERROR_BAD_SETTING, naming the file or what is wrong with `names`.
bool authority_issue(struct authority *authority, const struct certificate_request *request, bool *made,
                     struct error *error) MUST_CHECK;

// Adds the certificate NAME.crt to the revocation list, crl.pem, unless it is already there.
// ERROR_BAD_SETTING when there is no such certificate, or another authority signed it.
bool authority_revoke(struct authority *authority, const char *name, struct error *error) MUST_CHECK;

// Renews crl.pem, because with an expired list everybody is refused.
bool authority_renew_list(struct authority *authority, struct error *error) MUST_CHECK;

#endif

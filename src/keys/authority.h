// A small authority, for trying the lottery out and for its tests: it signs the certificates of one server
// and of the agencies, and keeps the list of those that are good no more. A folder holds all of it. For real
// ones see docs/security.md.
#ifndef QUINIELA_KEYS_AUTHORITY_H
#define QUINIELA_KEYS_AUTHORITY_H

#include "base/error.h"

#include <stdbool.h>

struct authority;

// What authority_open had to do: it made the authority; it moved the key.
struct authority_opened {
    bool made, moved;
};

// Reads ca.crt and authority/ca.key of the folder, or makes the folder and both where there are none. The key
// has a folder of its own, as a server may read the one that its certificate is in; where an older version
// has left ca.key beside ca.crt it is moved. ERROR_BAD_SETTING when they are there and cannot be used,
// ERROR_SYSTEM when they cannot be made; both name the file. On success the caller owns *authority, until
// authority_close.
bool authority_open(const char *folder, struct authority **authority, struct authority_opened *opened,
                    struct error *error) MUST_CHECK;

// Frees it and nulls the caller's pointer.
void authority_close(struct authority **authority);

// What a certificate is for.
struct certificate_request {
    const char *name;  // of the files, NAME.crt and NAME.key, and the subject's common name
    const char *names; // subjectAltName, such as "DNS:localhost,IP:127.0.0.1"
    bool is_server;    // else a client's
    int days;          // how long it is good; never longer than the authority
};

// Makes a key and a certificate where they are not both there: *made tells. A key that is there is kept.
// ERROR_SYSTEM or ERROR_BAD_SETTING, naming the file or what is wrong with `names`.
bool authority_issue(struct authority *authority, const struct certificate_request *request, bool *made,
                     struct error *error) MUST_CHECK;

// Puts the certificate NAME.crt on the list of revoked ones, crl.pem, unless it is on it. ERROR_BAD_SETTING
// when there is no such certificate, or it is not this authority's.
bool authority_revoke(struct authority *authority, const char *name, struct error *error) MUST_CHECK;

// Writes crl.pem anew, good for another while: a list that is too old refuses everybody.
bool authority_renew_list(struct authority *authority, struct error *error) MUST_CHECK;

#endif

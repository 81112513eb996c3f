// What the tests of TLS share: a central and an agency with certificates of one authority, and the time of
// day, which is the test's.
#ifndef QUINIELA_TESTS_TLS_STORY_H
#define QUINIELA_TESTS_TLS_STORY_H

#include "cmocka_all.h"
#include "temporary.h"
#include "time_of_day.h"

#include "keys/authority.h"
#include "tls/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Certificates --------------------------------------------------------------------------------------------

static char folder[TEMPORARY_BYTES];
static struct tls_context *server_context, *client_context;

static void issue(const char *name, const char *names, bool is_server, time_t good_for) {
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    bool made;
    ahead = good_for - DAY;
    assert_true(authority_open(folder, &authority, &opened, &error));
    struct certificate_request request = {name, names, is_server, 1};
    assert_true(authority_issue(authority, &request, &made, &error) && made);
    authority_close(&authority);
    ahead = 0;
}

// `list`: with the folder's list of revoked certificates.
static struct tls_context *context_with(enum tls_role role, const char *name, const char *prefix, bool list) {
    char certificate[128], key[128], authority[128], revocations[128];
    struct tls_context *context;
    struct error error;
    snprintf(certificate, sizeof certificate, "%s/%s.crt", folder, name);
    snprintf(key, sizeof key, "%s/%s.key", folder, name);
    snprintf(authority, sizeof authority, "%s/ca.crt", folder);
    snprintf(revocations, sizeof revocations, "%s/crl.pem", folder);
    struct tls_options options = {.certificate = certificate,
                                  .key = key,
                                  .authority = authority,
                                  .revocations = list ? revocations : NULL,
                                  .identity_prefix = prefix};
    if (!tls_context_new(role, &options, &context, &error)) {
        fail_msg("%s", error.text);
    }
    return context;
}

static struct tls_context *context_of(enum tls_role role, const char *name, const char *prefix) {
    return context_with(role, name, prefix, false);
}

// An agency and a central whose certificates are good for that many seconds from now on.
static void make_contexts(time_t agency_good_for, time_t server_good_for) {
    ahead = -10 * DAY; // the authority is there before either of them
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    assert_true(authority_open(folder, &authority, &opened, &error));
    authority_close(&authority);
    issue("agency", "URI:urn:quiniela:agency:7", false, agency_good_for);
    issue("server", "DNS:localhost", true, server_good_for);
    client_context = context_of(TLS_CLIENT, "agency", NULL);
    server_context = context_of(TLS_SERVER, "server", "urn:quiniela:agency:");
}

// From now on the central takes the folder's list of revoked certificates, too.
static inline void take_list(void) {
    tls_context_release(server_context);
    server_context = context_with(TLS_SERVER, "server", "urn:quiniela:agency:", true);
}

static void make_certificates_folder(void) {
    temporary_make(folder, "test_tls");
}

// Ends everything, and removes the certificates' folder.
static int forget_certificates(void) {
    tls_context_release(client_context);
    tls_context_release(server_context);
    client_context = server_context = NULL;
    ahead = 0;
    return temporary_remove(folder);
}

#endif

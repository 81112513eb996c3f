// A refused peer learns whether its certificate is to blame, so that it retries when it is not.
// Client and server talk in memory, and the time of day is the test's.
#include "temporary.h"
#include "tls_pipe.h"
#include "tls_story.h"

#include "keys/pem_file.h"
#include "tls/context_parts.h"

#include <openssl/x509v3.h>

enum { NONE = -1 };

static int told;    // the alert that came, or NONE
static time_t when; // it is for the side that tells; the other one's clock is right

static int set_up(void **state) {
    (void)state;
    when = 0;
    make_certificates_folder();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return forget_certificates();
}

static void note_alert(const SSL *ssl, int where, int what) {
    (void)ssl;
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        told = what & 0xff;
    }
}

static int believe_all(X509_STORE_CTX *verifying, void *context) {
    (void)verifying;
    (void)context;
    return 1;
}

// The one side looks at nothing, and so is told what the other has found.
static void shake_hands(struct tls_context *telling, struct tls_context *asking, const char **failure) {
    static struct pipe to_telling, to_asking;
    to_telling.length = to_asking.length = 0;
    told = NONE;
    SSL_CTX_set_cert_verify_callback(asking->ssl, believe_all, NULL);
    SSL_CTX_set_info_callback(asking->ssl, note_alert);
    bool is_server = telling->is_server;
    struct tls_session *one = tls_session_new(telling, is_server ? NULL : "localhost", put, &to_asking);
    struct tls_session *other = tls_session_new(asking, is_server ? "localhost" : NULL, put, &to_telling);
    assert_true(one != NULL && other != NULL);
    tls_session_start(is_server ? other : one);
    while (to_telling.length + to_asking.length > 0) {
        ahead = when;
        pass(&to_telling, one);
        ahead = 0;
        pass(&to_asking, other);
    }
    *failure = tls_failure_name(tls_session_failure(one));
    tls_session_free(&one);
    tls_session_free(&other);
}

static void assert_told_by(struct tls_context *telling, struct tls_context *asking,
                           const char *expected_failure, int expected) {
    const char *failure;
    shake_hands(telling, asking, &failure);
    if (strcmp(failure, expected_failure) != 0 || told != expected) {
        fail_msg("expected %s, and to be told %s (%d); it is %s, and what is told is %s (%d)",
                 expected_failure, expected == NONE ? "nothing" : SSL_alert_desc_string_long(expected),
                 expected, failure, told == NONE ? "nothing" : SSL_alert_desc_string_long(told), told);
    }
}

static void assert_told(const char *expected_failure, int expected) {
    assert_told_by(server_context, client_context, expected_failure, expected);
}

static void assert_told_at(time_t at, const char *expected_failure, int expected) {
    when = at;
    assert_told(expected_failure, expected);
    when = 0;
}

// An agency's certificate anew, for those names.
static void show(const char *names, bool is_server, time_t good_for) {
    char path[128];
    snprintf(path, sizeof path, "%s/agency.crt", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/agency.key", folder);
    unlink(path);
    issue("agency", names, is_server, good_for);
    tls_context_release(client_context);
    client_context = context_of(TLS_CLIENT, "agency", NULL);
}

static void a_good_one_is_told_nothing(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    assert_told("none", NONE);
}

// Whoever is told of its certificate gives up, for want of another one (agency/trust.h).
static void the_agencys_own_fault_is_told_as_what_it_is(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    assert_told_at(2 * DAY, "certificate_expired", SSL_AD_CERTIFICATE_EXPIRED);
    assert_told_at(-2 * DAY, "certificate_not_yet_valid", SSL_AD_BAD_CERTIFICATE);
    show("DNS:agency", false, DAY);
    assert_told("no_identity", SSL_AD_BAD_CERTIFICATE);
    show("URI:urn:quiniela:agency:7", true, DAY);
    assert_told("wrong_purpose", SSL_AD_UNSUPPORTED_CERTIFICATE);
}

// The agency's certificate as it is, and without what it is for.
static void show_without_purpose(void) {
    char path[128], own_path[128];
    struct error error;
    snprintf(own_path, sizeof own_path, "%s/agency.crt", folder);
    X509 *certificate = pem_read_certificate(own_path, &error);
    snprintf(path, sizeof path, "%s/authority/ca.key", folder);
    EVP_PKEY *key = pem_read_key(path, &error);
    assert_true(certificate != NULL && key != NULL);
    int at = X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1);
    assert_true(at >= 0);
    X509_EXTENSION_free(X509_delete_ext(certificate, at));
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    unlink(own_path);
    assert_true(pem_write_certificate(own_path, certificate, &error));
    X509_free(certificate);
    EVP_PKEY_free(key);
    tls_context_release(client_context);
    client_context = context_of(TLS_CLIENT, "agency", NULL);
}

static void one_that_names_no_purpose_is_told_of_that(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    show_without_purpose();
    assert_told("wrong_purpose", SSL_AD_UNSUPPORTED_CERTIFICATE);
}

static bool is_not_seven(const char *identity) {
    return strcmp(identity, "7") != 0;
}

static void an_identity_that_there_is_not_is_told_of(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    server_context->rules.identity_is_good = is_not_seven;
    assert_told("not_authorized", SSL_AD_BAD_CERTIFICATE);
}

// As long as there is room for, and one letter longer.
static void the_longest_identity_is_one(void **state) {
    (void)state;
    char names[160];
    make_contexts(DAY, DAY);
    for (int length = TLS_IDENTITY_BYTES - 1; length <= TLS_IDENTITY_BYTES; length++) {
        snprintf(names, sizeof names, "URI:urn:quiniela:agency:%0*d", length, 7);
        show(names, false, DAY);
        assert_told(length < TLS_IDENTITY_BYTES ? "none" : "no_identity",
                    length < TLS_IDENTITY_BYTES ? NONE : SSL_AD_BAD_CERTIFICATE);
    }
}

// What separates the log's fields stands in none.
static void a_name_is_shown_in_plain_letters(void **state) {
    (void)state;
    char name[80];
    X509_NAME *of = X509_NAME_new();
    assert_int_equal(
        X509_NAME_add_entry_by_txt(of, "CN", MBSTRING_ASC, (const unsigned char *)"|a b~ | c|\n", -1, -1, 0),
        1);
    tls_words_name(of, name, sizeof name);
    assert_string_equal(name, "/CN=?a b~ ? c?\\x0A");
    X509_NAME_free(of);
}

static void anothers_authority_is_unknown(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    struct tls_context *first = server_context;
    assert_int_equal(temporary_remove(folder), 0);
    make_certificates_folder();
    tls_context_release(client_context);
    make_contexts(DAY, DAY);
    tls_context_release(server_context);
    server_context = first;
    assert_told("unknown_authority", SSL_AD_UNKNOWN_CA);
}

// It has to be mended at the central; the agency's certificate is as good as any other.
static void the_centrals_own_fault_is_not_the_agencys(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    assert_told_at(3660 * DAY, "authority_expired", SSL_AD_INTERNAL_ERROR);
    assert_told_at(-12 * DAY, "authority_expired", SSL_AD_INTERNAL_ERROR);
}

// The central's list, anew; with the agency's certificate on it or not.
static void list_revoked(bool is_listed) {
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    assert_true(authority_open(folder, &authority, &opened, &error));
    assert_true(is_listed ? authority_revoke(authority, "agency", &error)
                          : authority_renew_list(authority, &error));
    authority_close(&authority);
    take_list();
}

static void who_is_on_the_list_is_told_so_and_nobody_of_a_list_that_is_too_old(void **state) {
    (void)state;
    make_contexts(40 * DAY, DAY);
    list_revoked(false);
    assert_told_at(39 * DAY + DAY / 2, "no_revocation_list", SSL_AD_INTERNAL_ERROR);
    assert_told_at(-DAY, "no_revocation_list", SSL_AD_INTERNAL_ERROR); // the clock is wrong
    show("URI:urn:quiniela:agency:7", false, DAY);
    assert_told("none", NONE);
    list_revoked(true);
    assert_told("certificate_revoked", SSL_AD_CERTIFICATE_REVOKED);
}

static void who_shows_none_is_told_that_one_is_needed(void **state) {
    (void)state;
    char authority[128];
    struct error error;
    make_contexts(DAY, DAY);
    snprintf(authority, sizeof authority, "%s/ca.crt", folder);
    struct tls_options options = {.authority = authority};
    tls_context_release(client_context);
    assert_true(tls_context_new(TLS_CLIENT, &options, &client_context, &error));
    assert_told("no_certificate", SSL_AD_CERTIFICATE_REQUIRED);
}

// The central learns as much of an agency that does not take its certificate.
static void the_central_is_told_by_an_agency(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    when = 2 * DAY;
    assert_told_by(client_context, server_context, "certificate_expired", SSL_AD_CERTIFICATE_EXPIRED);
    when = 3660 * DAY;
    assert_told_by(client_context, server_context, "authority_expired", SSL_AD_INTERNAL_ERROR);
    when = 0;
    assert_told_by(client_context, server_context, "none", NONE);
    issue("elsewhere", "DNS:elsewhere", true, DAY);
    tls_context_release(server_context);
    server_context = context_of(TLS_SERVER, "elsewhere", "urn:quiniela:agency:");
    assert_told_by(client_context, server_context, "wrong_name", SSL_AD_BAD_CERTIFICATE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_one_is_told_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_shows_none_is_told_that_one_is_needed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_central_is_told_by_an_agency, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_agencys_own_fault_is_told_as_what_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_identity_that_there_is_not_is_told_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_longest_identity_is_one, set_up, tear_down),
        cmocka_unit_test(a_name_is_shown_in_plain_letters),
        cmocka_unit_test_setup_teardown(one_that_names_no_purpose_is_told_of_that, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anothers_authority_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_centrals_own_fault_is_not_the_agencys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_on_the_list_is_told_so_and_nobody_of_a_list_that_is_too_old,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tls_alerts", tests, NULL, NULL);
}

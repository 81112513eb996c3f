// A test authority's certificates and lists have the right purpose, issuer and expiry.
#include "cmocka_all.h"
#include "temporary.h"

#include "keys/authority.h"
#include "keys/pem_file.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { EARLIER = 300, DAY = 24 * 3600, SLACK = 60, AUTHORITY_DAYS = 3650, LIST_DAYS = 30 };

static char folder[TEMPORARY_BYTES];

static const char *path_of(const char *name) {
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int set_up(void **state) {
    (void)state;
    temporary_make(folder, "test_authority");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return temporary_remove(folder);
}

static struct authority *open_authority(bool made, bool moved) {
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    if (!authority_open(folder, &authority, &opened, &error)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(opened.made, made);
    assert_int_equal(opened.moved, moved);
    return authority;
}

static const struct certificate_request server_request = {
    .name = "server", .names = "DNS:localhost,IP:127.0.0.1", .is_server = true, .days = 90};
static const struct certificate_request agency_request = {
    .name = "agency-7", .names = "URI:urn:quiniela:agency:7", .days = 2};

static void issue(struct authority *authority, const struct certificate_request *request, bool is_new) {
    struct error error;
    bool made;
    if (!authority_issue(authority, request, &made, &error)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(made, is_new);
}

static X509 *certificate_of(const char *name) {
    struct error error;
    X509 *certificate = pem_read_certificate(path_of(name), &error);
    assert_non_null(certificate);
    return certificate;
}

// That it is so many seconds from now.
static void expect_time(const ASN1_TIME *at, long seconds) {
    int days, rest;
    assert_int_equal(ASN1_TIME_diff(&days, &rest, NULL, at), 1);
    long difference = (long)days * DAY + rest - seconds;
    if (difference < -SLACK || difference > SLACK) {
        fail_msg("expected a time in %ld s, it is %ld s off", seconds, difference);
    }
}

static void expect_mode(const char *name, unsigned mode) {
    struct stat status;
    assert_int_equal(stat(path_of(name), &status), 0);
    if ((status.st_mode & 07777) != mode) {
        fail_msg("expected %s to have the mode %o, it has %o", name, mode, status.st_mode & 07777);
    }
}

// What all have: a name, a number of 16 bytes that never begins with a zero, the authority's signature.
static void expect_common(X509 *certificate, X509 *authority, const char *name) {
    char subject[128];
    X509_NAME_oneline(X509_get_subject_name(certificate), subject, sizeof subject);
    assert_string_equal(subject, name);
    assert_int_equal(X509_get_version(certificate), X509_VERSION_3);
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    assert_int_equal(serial->length, 16);
    assert_int_equal(serial->data[0] & 0xc0, 0x40);
    assert_int_equal(X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(authority)), 0);
    assert_int_equal(X509_verify(certificate, X509_get0_pubkey(authority)), 1);
    expect_time(X509_get0_notBefore(certificate), -EARLIER);
    assert_non_null(X509_get0_subject_key_id(certificate));
}

static void the_authority_signs_itself_and_certificates_alone(void **state) {
    (void)state;
    struct authority *authority = open_authority(true, false);
    authority_close(&authority);
    assert_null(authority);
    X509 *certificate = certificate_of("ca.crt");
    expect_common(certificate, certificate, "/O=quiniela/CN=quiniela test authority");
    expect_time(X509_get0_notAfter(certificate), (long)AUTHORITY_DAYS * DAY);
    assert_int_equal(X509_check_ca(certificate), 1);
    assert_int_equal(X509_get_pathlen(certificate), 0);
    assert_int_equal(X509_get_key_usage(certificate), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
    assert_true(X509_get_ext_by_critical(certificate, 1, -1) >= 0);
    expect_mode("ca.crt", 0644);
    expect_mode("authority", 0700);
    expect_mode("authority/ca.key", 0600);
    X509_free(certificate);
    authority = open_authority(false, false); // which is kept
    authority_close(&authority);
}

static void servers_and_agencies_have_certificates_of_their_own(void **state) {
    (void)state;
    struct authority *authority = open_authority(true, false);
    issue(authority, &server_request, true);
    issue(authority, &agency_request, true);
    authority_close(&authority);
    X509 *ca = certificate_of("ca.crt"), *server = certificate_of("server.crt"),
         *agency = certificate_of("agency-7.crt");
    expect_common(server, ca, "/O=quiniela/CN=server");
    expect_common(agency, ca, "/O=quiniela/CN=agency-7");
    assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(server), X509_get0_serialNumber(agency)), 0);
    expect_time(X509_get0_notAfter(server), 90L * DAY);
    expect_time(X509_get0_notAfter(agency), 2L * DAY);
    X509 *both[] = {server, agency};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(X509_check_ca(both[i]), 0);
        assert_true(X509_get_ext_by_NID(both[i], NID_basic_constraints, -1) >= 0);
        assert_int_equal(X509_get_key_usage(both[i]), KU_DIGITAL_SIGNATURE);
        assert_int_equal(
            ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(both[i]), X509_get0_subject_key_id(ca)), 0);
    }
    assert_int_equal(X509_get_extended_key_usage(server), XKU_SSL_SERVER);
    assert_int_equal(X509_get_extended_key_usage(agency), XKU_SSL_CLIENT);
    assert_int_equal(X509_check_host(server, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(server, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_host(server, "example.org", 0, 0, NULL), 0);
    expect_mode("server.crt", 0644);
    expect_mode("server.key", 0600);
    X509_free(ca);
    X509_free(server);
    X509_free(agency);
}

static void no_certificate_outlives_its_authority(void **state) {
    (void)state;
    struct certificate_request request = server_request;
    request.days = 2 * AUTHORITY_DAYS;
    struct authority *authority = open_authority(true, false);
    issue(authority, &request, true);
    authority_close(&authority);
    X509 *ca = certificate_of("ca.crt"), *server = certificate_of("server.crt");
    assert_int_equal(ASN1_TIME_compare(X509_get0_notAfter(server), X509_get0_notAfter(ca)), 0);
    X509_free(ca);
    X509_free(server);
}

static void what_is_there_is_kept_and_a_key_even_without_its_certificate(void **state) {
    (void)state;
    struct error error;
    struct authority *authority = open_authority(true, false);
    issue(authority, &server_request, true);
    X509 *first = certificate_of("server.crt");
    issue(authority, &server_request, false);
    assert_int_equal(unlink(path_of("server.crt")), 0);
    issue(authority, &server_request, true); // for the key that is there
    X509 *second = certificate_of("server.crt");
    assert_int_not_equal(X509_cmp(first, second), 0);
    assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(first), X509_get0_pubkey(second)), 1);
    assert_int_equal(unlink(path_of("server.key")), 0);
    issue(authority, &server_request, true);
    X509 *third = certificate_of("server.crt");
    EVP_PKEY *key = pem_read_key(path_of("server.key"), &error);
    assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(first), X509_get0_pubkey(third)), 0);
    assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(third), key), 1);
    EVP_PKEY_free(key);
    X509_free(first);
    X509_free(second);
    X509_free(third);
    authority_close(&authority);
}

// The list's entries; its number and times are looked at.
static int expect_list(int64_t number) {
    struct error error;
    X509_CRL *list = pem_read_revocations(path_of("crl.pem"), &error);
    X509 *ca = certificate_of("ca.crt");
    assert_non_null(list);
    assert_int_equal(X509_CRL_verify(list, X509_get0_pubkey(ca)), 1);
    assert_int_equal(X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(ca)), 0);
    assert_int_equal(X509_CRL_get_version(list), X509_CRL_VERSION_2);
    ASN1_INTEGER *has = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
    int64_t value = 0;
    assert_int_equal(ASN1_INTEGER_get_int64(&value, has), 1);
    assert_int_equal(value, number);
    expect_time(X509_CRL_get0_lastUpdate(list), -EARLIER);
    expect_time(X509_CRL_get0_nextUpdate(list), (long)LIST_DAYS * DAY);
    int entries = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list));
    for (int i = 0; i < entries; i++) {
        expect_time(X509_REVOKED_get0_revocationDate(sk_X509_REVOKED_value(X509_CRL_get_REVOKED(list), i)),
                    0);
    }
    ASN1_INTEGER_free(has);
    X509_CRL_free(list);
    X509_free(ca);
    return entries < 0 ? 0 : entries; // -1: it has none, and no room for any
}

static void lists_count_on_and_keep_what_was_revoked(void **state) {
    (void)state;
    struct error error;
    struct authority *authority = open_authority(true, false);
    issue(authority, &server_request, true);
    issue(authority, &agency_request, true);
    assert_true(authority_renew_list(authority, &error));
    assert_int_equal(expect_list(1), 0);
    expect_mode("crl.pem", 0644);
    assert_true(authority_revoke(authority, "agency-7", &error));
    assert_int_equal(expect_list(2), 1);
    assert_true(authority_revoke(authority, "agency-7", &error)); // it is on it already
    assert_int_equal(expect_list(3), 1);
    assert_true(authority_revoke(authority, "server", &error));
    assert_int_equal(expect_list(4), 2);
    assert_true(authority_renew_list(authority, &error));
    assert_int_equal(expect_list(5), 2);
    X509_CRL *list = pem_read_revocations(path_of("crl.pem"), &error);
    X509 *agency = certificate_of("agency-7.crt"), *ca = certificate_of("ca.crt");
    X509_REVOKED *found;
    assert_int_equal(X509_CRL_get0_by_cert(list, &found, agency), 1);
    assert_int_equal(X509_CRL_get0_by_cert(list, &found, ca), 0);
    X509_CRL_free(list);
    X509_free(agency);
    X509_free(ca);
    authority_close(&authority);
}

static void expect_failure(bool done, const struct error *error, const struct error_code *code,
                           const char *file, const char *text) {
    assert_false(done);
    assert_error(error, code);
    if (strstr(error->text, file) == NULL || strstr(error->text, text) == NULL) {
        fail_msg("expected an error about %s: %s, it is \"%s\"", file, text, error->text);
    }
}

static void write_text(const char *name, const char *text) {
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void what_cannot_be_revoked_is_said(void **state) {
    (void)state;
    struct error error;
    struct authority *authority = open_authority(true, false);
    expect_failure(authority_revoke(authority, "agency-7", &error), &error, ERROR_BAD_SETTING, "agency-7.crt",
                   "No such file");
    write_text("agency-7.crt", "nonsense\n");
    expect_failure(authority_revoke(authority, "agency-7", &error), &error, ERROR_BAD_SETTING, "agency-7.crt",
                   "is not a certificate in PEM");
    assert_int_equal(access(path_of("crl.pem"), F_OK), -1); // nothing was written
    write_text("crl.pem", "nonsense\n");
    expect_failure(authority_renew_list(authority, &error), &error, ERROR_BAD_SETTING, "crl.pem",
                   "is not a revocation list in PEM");
    authority_close(&authority);
}

static void another_authoritys_certificates_and_lists_are_not_taken(void **state) {
    (void)state;
    struct error error;
    struct authority *authority = open_authority(true, false);
    issue(authority, &agency_request, true);
    assert_true(authority_renew_list(authority, &error));
    authority_close(&authority);
    assert_int_equal(unlink(path_of("ca.crt")), 0);
    assert_int_equal(unlink(path_of("authority/ca.key")), 0);
    authority = open_authority(true, false); // another one
    expect_failure(authority_renew_list(authority, &error), &error, ERROR_BAD_SETTING, "crl.pem",
                   "belongs to another authority");
    expect_failure(authority_revoke(authority, "agency-7", &error), &error, ERROR_BAD_SETTING, "agency-7.crt",
                   "belongs to another authority");
    authority_close(&authority);
}

static void an_authority_needs_its_own_key(void **state) {
    (void)state;
    struct error error;
    struct authority *authority = open_authority(true, false);
    struct authority_opened opened;
    issue(authority, &server_request, true);
    authority_close(&authority);
    assert_int_equal(rename(path_of("server.key"), path_of("authority/ca.key")), 0);
    expect_failure(authority_open(folder, &authority, &opened, &error), &error, ERROR_BAD_SETTING, "ca.key",
                   "is not the key of");
    assert_null(authority);
    write_text("authority/ca.key", "nonsense\n");
    expect_failure(authority_open(folder, &authority, &opened, &error), &error, ERROR_BAD_SETTING, "ca.key",
                   "is not a key in PEM");
    assert_int_equal(unlink(path_of("authority/ca.key")), 0);
    expect_failure(authority_open(folder, &authority, &opened, &error), &error, ERROR_BAD_SETTING, "ca.key",
                   "No such file");
}

static void an_older_versions_key_is_moved(void **state) {
    (void)state;
    struct authority *authority = open_authority(true, false);
    authority_close(&authority);
    assert_int_equal(rename(path_of("authority/ca.key"), path_of("ca.key")), 0);
    assert_int_equal(rmdir(path_of("authority")), 0);
    authority = open_authority(false, true);
    authority_close(&authority);
    assert_int_equal(access(path_of("ca.key"), F_OK), -1);
    expect_mode("authority/ca.key", 0600);
    write_text("ca.key", "another one\n"); // which stays where it is
    authority = open_authority(false, false);
    authority_close(&authority);
    assert_int_equal(access(path_of("ca.key"), F_OK), 0);
}

static void what_cannot_be_made_is_said(void **state) {
    (void)state;
    struct error error;
    struct authority *authority;
    struct authority_opened opened;
    bool made;
    expect_failure(authority_open("/dev/null/keys", &authority, &opened, &error), &error, ERROR_SYSTEM,
                   "/dev/null/keys", "cannot be created");
    assert_null(authority);
    authority = open_authority(true, false);
    struct certificate_request request = server_request;
    request.names = "DNS";
    expect_failure(authority_issue(authority, &request, &made, &error), &error, ERROR_SYSTEM, "server",
                   "cannot make the certificate server for DNS");
    assert_int_equal(access(path_of("server.crt"), F_OK), -1);
    assert_int_equal(mkdir(path_of("agency-7.key.new"), 0700), 0); // in the way
    expect_failure(authority_issue(authority, &agency_request, &made, &error), &error, ERROR_SYSTEM,
                   "agency-7.key", "cannot be written");
    assert_int_equal(rmdir(path_of("agency-7.key.new")), 0);
    write_text("agency-7.key.new", "what a run that was ended has left");
    issue(authority, &agency_request, true);
    assert_int_equal(access(path_of("agency-7.key.new"), F_OK), -1);
    assert_int_equal(mkdir(path_of("crl.pem.new"), 0700), 0);
    expect_failure(authority_renew_list(authority, &error), &error, ERROR_SYSTEM, "crl.pem",
                   "cannot be written");
    authority_close(&authority);
}

// An authority whose key is of a kind that signs no SHA-256 makes nothing, rather than what nobody has
// signed.
static void what_cannot_be_signed_is_not_made(void **state) {
    (void)state;
    struct error error;
    bool made;
    struct authority *authority = open_authority(true, false);
    authority_close(&authority);
    X509 *certificate = certificate_of("ca.crt");
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_true(X509_sign(certificate, key, NULL) > 0);
    assert_true(pem_write_certificate(path_of("ca.crt"), certificate, &error));
    assert_true(pem_write_key(path_of("authority/ca.key"), key, &error));
    X509_free(certificate);
    authority = open_authority(false, false);
    expect_failure(authority_issue(authority, &agency_request, &made, &error), &error, ERROR_SYSTEM,
                   "agency-7", "cannot make the certificate");
    assert_int_equal(access(path_of("agency-7.crt"), F_OK), -1);
    expect_failure(authority_renew_list(authority, &error), &error, ERROR_SYSTEM, "revocation list",
                   "cannot make");
    assert_int_equal(access(path_of("crl.pem"), F_OK), -1);
    authority_close(&authority);
    assert_int_equal(unlink(path_of("ca.crt")), 0);
    struct authority_opened opened;
    expect_failure(authority_open(folder, &authority, &opened, &error), &error, ERROR_SYSTEM, "certificate",
                   "cannot make the authority's");
    assert_int_equal(access(path_of("ca.crt"), F_OK), -1);
    EVP_PKEY_free(key);
}

#define AUTHORITY_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        AUTHORITY_TEST(the_authority_signs_itself_and_certificates_alone),
        AUTHORITY_TEST(servers_and_agencies_have_certificates_of_their_own),
        AUTHORITY_TEST(no_certificate_outlives_its_authority),
        AUTHORITY_TEST(what_is_there_is_kept_and_a_key_even_without_its_certificate),
        AUTHORITY_TEST(lists_count_on_and_keep_what_was_revoked),
        AUTHORITY_TEST(what_cannot_be_revoked_is_said),
        AUTHORITY_TEST(another_authoritys_certificates_and_lists_are_not_taken),
        AUTHORITY_TEST(an_authority_needs_its_own_key),
        AUTHORITY_TEST(an_older_versions_key_is_moved),
        AUTHORITY_TEST(what_cannot_be_made_is_said),
        AUTHORITY_TEST(what_cannot_be_signed_is_not_made),
    };
    return cmocka_run_group_tests_name("authority", tests, NULL, NULL);
}

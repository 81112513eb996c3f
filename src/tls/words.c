#include "tls/words.h"

#include "base/translate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NAME_BYTES = 80, NAMES_BYTES = 96, TIME_BYTES = 32 };

// Names and times -------------------------------------------------------------------------------------------

void tls_words_make_plain(char *text) {
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~' || *text == '|') {
            *text = '?';
        }
    }
}

void tls_words_name(const X509_NAME *of, char *name, size_t room) {
    X509_NAME_oneline(of, name, (int)room);
    tls_words_make_plain(name);
}

static void write_time(const ASN1_TIME *time, char text[TIME_BYTES]) {
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1 ||
        strftime(text, TIME_BYTES, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
        snprintf(text, TIME_BYTES, _("a time that cannot be read"));
    }
}

static void write_now(char text[TIME_BYTES]) {
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts) == NULL || strftime(text, TIME_BYTES, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
        snprintf(text, TIME_BYTES, _("nothing"));
    }
}

void tls_words_describe(const X509 *certificate, char words[TLS_REASON_BYTES]) {
    char name[NAME_BYTES], issuer[NAME_BYTES], until[TIME_BYTES];
    tls_words_name(X509_get_subject_name(certificate), name, sizeof name);
    tls_words_name(X509_get_issuer_name(certificate), issuer, sizeof issuer);
    write_time(X509_get0_notAfter(certificate), until);
    snprintf(words, TLS_REASON_BYTES, _("%s, until %s, signed by %s"), name, until, issuer);
}

// "WHAT SAYS TIME, or this machine's clock is wrong (it says NOW)"
static void write_dated(const char *what, const char *says, const ASN1_TIME *time,
                        char words[TLS_REASON_BYTES]) {
    char then[TIME_BYTES], now[TIME_BYTES];
    write_time(time, then);
    write_now(now);
    snprintf(words, TLS_REASON_BYTES, _("%.170s %s %s, or this machine's clock is wrong (it says %s)"), what,
             says, then, now);
}

// Whose -----------------------------------------------------------------------------------------------------

static void write_owner(const struct tls_words_facts *facts, const X509 *certificate, int depth, bool is_ours,
                        char whose[TLS_REASON_BYTES]) {
    char name[NAME_BYTES] = "?";
    if (certificate != NULL) {
        tls_words_name(X509_get_subject_name(certificate), name, sizeof name);
    }
    if (is_ours) {
        snprintf(whose, TLS_REASON_BYTES, _("the authority %s in %.80s"), name, facts->authority);
    } else if (depth > 0) {
        snprintf(whose, TLS_REASON_BYTES, _("the authority %s, which the other side has sent,"), name);
    } else {
        snprintf(whose, TLS_REASON_BYTES,
                 facts->peer_is_client ? _("the client's certificate, %s,")
                                       : _("the server's certificate, %s,"),
                 name);
    }
}

// The hosts that a certificate is for, as far as there is room.
static void write_hosts(const X509 *certificate, char hosts[NAMES_BYTES]) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    size_t used = 0;
    hosts[0] = '\0';
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && used < NAMES_BYTES - 1; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        const char *comma = used > 0 ? ", " : "";
        if (name->type == GEN_DNS) {
            used += (size_t)snprintf(hosts + used, NAMES_BYTES - used, "%s%.*s", comma,
                                     ASN1_STRING_length(name->d.dNSName),
                                     (const char *)ASN1_STRING_get0_data(name->d.dNSName));
        } else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
            const unsigned char *ip = ASN1_STRING_get0_data(name->d.iPAddress);
            used += (size_t)snprintf(hosts + used, NAMES_BYTES - used, "%s%u.%u.%u.%u", comma, ip[0], ip[1],
                                     ip[2], ip[3]);
        } else if (name->type == GEN_IPADD) {
            used += (size_t)snprintf(hosts + used, NAMES_BYTES - used, "%san IPv6 address", comma);
        }
    }
    GENERAL_NAMES_free(names);
    tls_words_make_plain(hosts);
}

static void write_wrong_name(const char *whose, const X509 *certificate, X509_STORE_CTX *verifying,
                             char words[TLS_REASON_BYTES]) {
    X509_VERIFY_PARAM *wanted = X509_STORE_CTX_get0_param(verifying);
    char *ip = X509_VERIFY_PARAM_get1_ip_asc(wanted);
    const char *host = ip != NULL ? ip : X509_VERIFY_PARAM_get0_host(wanted, 0);
    char hosts[NAMES_BYTES];
    write_hosts(certificate, hosts);
    snprintf(words, TLS_REASON_BYTES, _("%.120s is for %s, and not for %.60s"), whose,
             hosts[0] == '\0' ? _("no host") : hosts, host == NULL ? _("this host") : host);
    OPENSSL_free(ip);
}

static void write_unknown_authority(const struct tls_words_facts *facts, const char *whose,
                                    const X509 *certificate, int error, char words[TLS_REASON_BYTES]) {
    char issuer[NAME_BYTES];
    tls_words_name(X509_get_issuer_name(certificate), issuer, sizeof issuer);
    if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0) {
        snprintf(words, TLS_REASON_BYTES, _("%.170s has signed itself, and is none of those in %.80s"), whose,
                 facts->authority);
        return;
    }
    if (error == X509_V_ERR_CERT_SIGNATURE_FAILURE) {
        snprintf(words, TLS_REASON_BYTES, _("%.120s is signed by another %.70s than that in %.80s"), whose,
                 issuer, facts->authority);
    } else {
        snprintf(words, TLS_REASON_BYTES, _("%.120s is signed by %s, which is not in %.80s"), whose, issuer,
                 facts->authority);
    }
}

static void write_list(const struct tls_words_facts *facts, const X509 *certificate,
                       X509_STORE_CTX *verifying, char words[TLS_REASON_BYTES]) {
    char issuer[NAME_BYTES], what[TLS_REASON_BYTES];
    const X509_CRL *list = X509_STORE_CTX_get0_current_crl(verifying);
    int error = X509_STORE_CTX_get_error(verifying);
    tls_words_name(X509_get_issuer_name(certificate), issuer, sizeof issuer);
    snprintf(what, sizeof what, _("the revocation list in %.80s, that of %s,"),
             facts->revocations == NULL ? _("no file") : facts->revocations, issuer);
    if (error == X509_V_ERR_CRL_HAS_EXPIRED && list != NULL) {
        write_dated(what, _("expired on"), X509_CRL_get0_nextUpdate(list), words);
    } else if (error == X509_V_ERR_CRL_NOT_YET_VALID && list != NULL) {
        write_dated(what, _("is valid from"), X509_CRL_get0_lastUpdate(list), words);
    } else {
        snprintf(words, TLS_REASON_BYTES, _("%.170s cannot be used: %s"), what,
                 X509_verify_cert_error_string(error));
    }
}

// What is wrong ---------------------------------------------------------------------------------------------

static void write_rest(const struct tls_words_facts *facts, const char *whose, enum tls_failure failure,
                       int error, char words[TLS_REASON_BYTES]) {
    if (failure == TLS_REVOKED) {
        snprintf(words, TLS_REASON_BYTES, _("%.170s was revoked, as %.80s says"), whose,
                 facts->revocations == NULL ? _("a list") : facts->revocations);
    } else {
        snprintf(words, TLS_REASON_BYTES, "%.170s %s", whose, X509_verify_cert_error_string(error));
    }
}

static void write_refused(const struct tls_words_facts *facts, enum tls_failure failure, bool is_ours,
                          X509_STORE_CTX *verifying, char words[TLS_REASON_BYTES]) {
    const X509 *certificate = X509_STORE_CTX_get_current_cert(verifying);
    int error = X509_STORE_CTX_get_error(verifying);
    char whose[TLS_REASON_BYTES];
    if (certificate == NULL) {
        snprintf(words, TLS_REASON_BYTES, "%s", X509_verify_cert_error_string(error));
        return;
    }
    write_owner(facts, certificate, X509_STORE_CTX_get_error_depth(verifying), is_ours, whose);
    if (error == X509_V_ERR_CERT_HAS_EXPIRED) {
        write_dated(whose, _("expired on"), X509_get0_notAfter(certificate), words);
    } else if (error == X509_V_ERR_CERT_NOT_YET_VALID) {
        write_dated(whose, _("is valid from"), X509_get0_notBefore(certificate), words);
    } else if (failure == TLS_WRONG_NAME) {
        write_wrong_name(whose, certificate, verifying, words);
    } else if (failure == TLS_UNKNOWN_AUTHORITY) {
        write_unknown_authority(facts, whose, certificate, error, words);
    } else if (failure == TLS_REVOCATIONS_EXPIRED) {
        write_list(facts, certificate, verifying, words);
    } else {
        write_rest(facts, whose, failure, error, words);
    }
}

// Looking into a certificate may leave errors in OpenSSL's queue, whose first one tells why a handshake
// failed.
void tls_words_refused(const struct tls_words_facts *facts, enum tls_failure failure, bool is_ours,
                       X509_STORE_CTX *verifying, char words[TLS_REASON_BYTES]) {
    ERR_set_mark();
    write_refused(facts, failure, is_ours, verifying, words);
    ERR_pop_to_mark();
}

void tls_words_unwelcome(const X509 *own, const char *path, int alert, char words[TLS_REASON_BYTES]) {
    char name[NAME_BYTES], from[TIME_BYTES], until[TIME_BYTES];
    const char *says = SSL_alert_desc_string_long(alert);
    if (own == NULL || path == NULL) {
        snprintf(words, TLS_REASON_BYTES,
                 _("the other side requires a certificate, and we have none: it says %s"), says);
        return;
    }
    tls_words_name(X509_get_subject_name(own), name, sizeof name);
    write_time(X509_get0_notBefore(own), from);
    write_time(X509_get0_notAfter(own), until);
    snprintf(words, TLS_REASON_BYTES,
             _("the other side does not accept our certificate %.80s, %s, from %s until %s: it says %s%s"),
             path, name, from, until, says,
             alert == SSL_AD_CERTIFICATE_EXPIRED ? _(", or its clock is wrong") : "");
}

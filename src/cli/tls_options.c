#include "cli/tls_options.h"

#include "base/log.h"
#include "cli/help_texts.h"
#include "service/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

// The subjectAltName of agency 7 is "urn:quiniela:agency:7".
const char tls_agency_prefix[] = "urn:quiniela:agency:";

enum { EXPIRY_WARNING_DAYS = 30, SECONDS_A_DAY = 24 * 3600 };

const struct setting tls_server_settings[] = {
    SETTING_TEXT_IN(struct tls_files, certificate, "TLS_CERT", NULL, HELP_TLS_CERT),
    SETTING_TEXT_IN(struct tls_files, key, "TLS_KEY", NULL, HELP_TLS_KEY),
    SETTING_TEXT_IN(struct tls_files, authority, "TLS_CA", NULL, HELP_TLS_CA),
    SETTING_TEXT_IN(struct tls_files, revocations, "TLS_CRL", NULL, HELP_TLS_CRL),
    {.key = NULL},
};

const struct setting tls_client_settings[] = {
    SETTING_TEXT_IN(struct tls_files, certificate, "CLI_TLS_CERT", NULL, HELP_CLIENT_TLS_CERT,
                    .file_key = "tls.cert"),
    SETTING_TEXT_IN(struct tls_files, key, "CLI_TLS_KEY", NULL, HELP_TLS_KEY, .file_key = "tls.key"),
    SETTING_TEXT_IN(struct tls_files, authority, "CLI_TLS_CA", NULL, HELP_TLS_CA, .file_key = "tls.ca"),
    SETTING_TEXT_IN(struct tls_files, revocations, "CLI_TLS_CRL", NULL, HELP_TLS_CRL, .file_key = "tls.crl"),
    {.key = NULL},
};

void tls_options_paths(const struct tls_files *files, const char *paths[TLS_FILES]) {
    paths[0] = files->certificate;
    paths[1] = files->key;
    paths[2] = files->authority;
    paths[3] = files->revocations;
}

// TLS needs all of the files except the revocation list. Plain text allows none of them, not even that list.
bool tls_options_complete(const struct tls_files *files, const struct settings *settings,
                          struct error *error) {
    const char *const *const needed[] = {&files->certificate, &files->key, &files->authority};
    const char *const *set = NULL, *const *missing = NULL;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (*needed[i] != NULL) {
            set = needed[i];
        } else if (missing == NULL) {
            missing = needed[i];
        }
    }
    if (files->revocations != NULL) {
        set = &files->revocations;
    }
    return set == NULL || missing == NULL ||
           error_set(error, ERROR_BAD_SETTING, "%s: is missing: TLS needs %s, %s and %s, and %s is set",
                     settings_key(settings, missing), settings_key(settings, &files->certificate),
                     settings_key(settings, &files->key), settings_key(settings, &files->authority),
                     settings_place(settings, set));
}

// Anyone who can read a key can impersonate its owner.
static void warn_of_mode(const char *path) {
    struct stat status;
    if (stat(path, &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_FAIL,
                  "file: %s | error: others can read this key (mode %03o)", path,
                  (unsigned)status.st_mode & 0777U);
    }
}

// The certificate is used anyway: the other side may be older, and demand less.
static void warn_of_fault(const struct tls_context *context, const char *path) {
    const char *fault = tls_context_fault(context);
    if (fault != NULL) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_FAIL, "file: %s | error: %s", path, fault);
    }
}

static void warn_of_list(const struct tls_context *context, const char *path) {
    char name[80];
    if (tls_context_lacks_list(context, name, sizeof name)) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_FAIL,
                  "file: %s | error: it has no revocation list of %s: certificates signed by it are refused",
                  path, name);
    }
}

bool tls_options_read(const struct tls_files *files, const struct settings *settings, enum tls_role role,
                      struct tls_context **context, struct error *error) {
    *context = NULL;
    if (!tls_options_complete(files, settings, error)) {
        return false;
    }
    if (files->certificate == NULL) {
        return true;
    }
    struct tls_options options = {
        .certificate = files->certificate,
        .key = files->key,
        .authority = files->authority,
        .revocations = files->revocations,
        .identity_prefix = role == TLS_SERVER ? tls_agency_prefix : NULL,
        .identity_is_good = role == TLS_SERVER ? lottery_is_agency : NULL,
    };
    if (!tls_context_new(role, &options, context, error)) {
        return false;
    }
    warn_of_mode(options.key);
    warn_of_fault(*context, options.certificate);
    warn_of_list(*context, options.revocations);
    return true;
}

void tls_options_warn_of_expiry(const struct tls_context *context) {
    struct tls_expiry expiries[TLS_EXPIRIES_MAX];
    size_t count = tls_context_expiries(context, expiries);
    for (size_t i = 0; i < count; i++) {
        const struct tls_expiry *expiry = &expiries[i];
        int64_t days = expiry->seconds_left / SECONDS_A_DAY;
        bool is_over = expiry->seconds_left < 0;
        if (is_over || days < EXPIRY_WARNING_DAYS) {
            log_event(is_over ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "expiry",
                      is_over ? LOG_FAIL : LOG_IN_PROGRESS, "%s: %s | expires: %s | days: %" PRId64,
                      expiry->what, expiry->path, expiry->date, days);
        }
    }
}

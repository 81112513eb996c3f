#include "cli/tls_settings.h"

#include "base/log.h"
#include "service/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

// The subjectAltName of agency 7 is "urn:quiniela:agency:7".
static const char agency_prefix[] = "urn:quiniela:agency:";

enum { EXPIRY_WARNING_DAYS = 30, SECONDS_A_DAY = 24 * 3600 };

struct keys {
    const char *certificate, *key, *authority, *revocations;
};

// Without a certificate nothing of it may be there, and with one everything but the list.
static bool check_complete(const struct settings *settings, const struct keys *keys, bool *wanted,
                           struct error *error) {
    const char *const needed[] = {keys->certificate, keys->key, keys->authority};
    const char *set = NULL, *missing = NULL;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (settings_text(settings, needed[i]) != NULL) {
            set = needed[i];
        } else if (missing == NULL) {
            missing = needed[i];
        }
    }
    if (settings_text(settings, keys->revocations) != NULL) {
        set = keys->revocations;
    }
    *wanted = set != NULL;
    return set == NULL || missing == NULL ||
           error_set(error, ERROR_BAD_SETTING, "%s: is missing: TLS needs %s, %s and %s, and %s is set",
                     missing, keys->certificate, keys->key, keys->authority, settings_place(settings, set));
}

// Everybody who can read a key can be its owner.
static void warn_of_mode(const char *path) {
    struct stat status;
    if (stat(path, &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_FAIL,
                  "file: %s | error: others can read this key (mode %03o)", path,
                  (unsigned)status.st_mode & 0777U);
    }
}

// It is used all the same: there may be older agencies, or an older central, that ask for less.
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
                  "file: %s | error: it has no list of %s: whom that has signed is refused", path, name);
    }
}

static bool make(const struct settings *settings, const struct keys *keys, enum tls_role role,
                 struct tls_context **context, struct error *error) {
    bool wanted;
    *context = NULL;
    if (!check_complete(settings, keys, &wanted, error) || !wanted) {
        return error->code == ERROR_NONE;
    }
    struct tls_options options = {
        .certificate = settings_text(settings, keys->certificate),
        .key = settings_text(settings, keys->key),
        .authority = settings_text(settings, keys->authority),
        .revocations = settings_text(settings, keys->revocations),
        .identity_prefix = role == TLS_SERVER ? agency_prefix : NULL,
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

bool tls_settings_server(const struct settings *settings, struct tls_context **context, struct error *error) {
    static const struct keys keys = {"TLS_CERT", "TLS_KEY", "TLS_CA", "TLS_CRL"};
    error_clear(error);
    return make(settings, &keys, TLS_SERVER, context, error);
}

bool tls_settings_client(const struct settings *settings, struct tls_context **context, struct error *error) {
    static const struct keys keys = {"CLI_TLS_CERT", "CLI_TLS_KEY", "CLI_TLS_CA", "CLI_TLS_CRL"};
    error_clear(error);
    return make(settings, &keys, TLS_CLIENT, context, error);
}

bool tls_settings_authority(const struct settings *settings, struct tls_context **context,
                            struct error *error) {
    struct tls_options options = {.authority = settings_text(settings, "TLS_CA")};
    *context = NULL;
    return options.authority == NULL || tls_context_new(TLS_CLIENT, &options, context, error);
}

void tls_settings_warn(const struct tls_context *context) {
    struct tls_expiry expiries[TLS_EXPIRIES_MAX];
    size_t count = tls_context_expiries(context, expiries);
    for (size_t i = 0; i < count; i++) {
        const struct tls_expiry *expiry = &expiries[i];
        int64_t days = expiry->seconds_left / SECONDS_A_DAY;
        bool is_over = expiry->seconds_left < 0;
        // A list is made anew far more often than a certificate is.
        if (is_over || days < EXPIRY_WARNING_DAYS) {
            log_event(is_over ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "expiry",
                      is_over ? LOG_FAIL : LOG_IN_PROGRESS, "%s: %s | expires: %s | days: %" PRId64,
                      expiry->what, expiry->path, expiry->date, days);
        }
    }
}

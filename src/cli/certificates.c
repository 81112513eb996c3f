#include "cli/certificates.h"

#include "base/log.h"

static void note_expiry(struct certificates *certificates) {
    struct tls_expiry expiries[TLS_EXPIRIES_MAX];
    size_t count = certificates->tls == NULL ? 0 : tls_context_expiries(certificates->tls, expiries);
    int64_t first = count == 0 ? 0 : expiries[0].seconds_left;
    for (size_t i = 1; i < count; i++) {
        first = expiries[i].seconds_left < first ? expiries[i].seconds_left : first;
    }
    atomic_store(&certificates->expiry, count == 0 ? 0 : time(NULL) + (time_t)first);
}

bool certificates_open(struct certificates *certificates, const struct server_options *options,
                       struct error *error) {
    certificates->options = options;
    if (!tls_options_read(&options->tls, options->settings, TLS_SERVER, &certificates->tls, error)) {
        return false;
    }
    note_expiry(certificates);
    certificates_warn(certificates);
    return true;
}

bool certificates_reload(struct certificates *certificates, struct net *net, bool *renewed,
                         struct error *error) {
    const struct server_options *options = certificates->options;
    struct tls_context *tls;
    *renewed = false;
    if (certificates->tls == NULL || net == NULL) {
        return true;
    }
    if (!tls_options_read(&options->tls, options->settings, TLS_SERVER, &tls, error)) {
        log_event(LOG_LEVEL_ERROR, "reload", LOG_FAIL,
                  "error: %s | message: %s; those read before stay in use", error_name(error->code),
                  error->text);
        return false;
    }
    *renewed = true;
    net_set_tls(net, tls);
    tls_context_release(certificates->tls);
    certificates->tls = tls;
    note_expiry(certificates);
    log_event(LOG_LEVEL_INFO, "reload", LOG_SUCCESS, "resource: certificates");
    return true;
}

void certificates_warn(void *context) {
    const struct certificates *certificates = context;
    if (certificates->tls != NULL) {
        tls_options_warn_of_expiry(certificates->tls);
    }
}

time_t certificates_expiry(const struct certificates *certificates) {
    return atomic_load(&certificates->expiry);
}

void certificates_close(struct certificates *certificates) {
    tls_context_release(certificates->tls);
    certificates->tls = NULL;
}

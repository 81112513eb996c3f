#include "cli/certificates.h"

#include "base/log.h"

bool certificates_open(struct certificates *certificates, const struct server_options *options,
                       struct error *error) {
    certificates->options = options;
    if (!tls_options_read(&options->tls, options->settings, TLS_SERVER, &certificates->tls, error)) {
        return false;
    }
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
    log_event(LOG_LEVEL_INFO, "reload", LOG_SUCCESS, "resource: certificates");
    return true;
}

void certificates_warn(void *context) {
    const struct certificates *certificates = context;
    if (certificates->tls != NULL) {
        tls_options_warn_of_expiry(certificates->tls);
    }
}

void certificates_close(struct certificates *certificates) {
    tls_context_release(certificates->tls);
    certificates->tls = NULL;
}

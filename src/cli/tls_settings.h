// From the settings to what TLS needs: which files, and whether they are all there.
#ifndef QUINIELA_CLI_TLS_SETTINGS_H
#define QUINIELA_CLI_TLS_SETTINGS_H

#include "base/settings.h"
#include "tls/context.h"

// What the server (TLS_CERT, TLS_KEY, TLS_CA, TLS_CRL), a client (CLI_TLS_CERT …) or a ping (TLS_CA alone) is
// told. *context is NULL when it is told nothing, and plain text is meant; the caller releases it.
// ERROR_BAD_SETTING, naming the setting and the file.
bool tls_settings_server(const struct settings *settings, struct tls_context **context,
                         struct error *error) MUST_CHECK;
bool tls_settings_client(const struct settings *settings, struct tls_context **context,
                         struct error *error) MUST_CHECK;
bool tls_settings_authority(const struct settings *settings, struct tls_context **context,
                            struct error *error) MUST_CHECK;

// Logs a line for each file that stops being good within EXPIRY_WARNING_DAYS, or has.
void tls_settings_warn(const struct tls_context *context);

#endif

// The settings of TLS, shared by server and client, which name them differently: which files, whether they
// are all there, and what is wrong with them.
#ifndef QUINIELA_CLI_TLS_OPTIONS_H
#define QUINIELA_CLI_TLS_OPTIONS_H

#include "base/settings.h"
#include "base/translate.h"
#include "tls/context.h"

// Paths of PEM files; NULL when not set.
struct tls_files {
    const char *certificate; // TLS_CERT, or CLI_TLS_CERT …
    const char *key;
    const char *authority;
    const char *revocations;
};

extern const struct setting tls_server_settings[], tls_client_settings[];

// The group, bound to the field `field` of the struct `options`.
#define TLS_SERVER_GROUP_IN(options, field)                                                                  \
    SETTING_GROUP_IN(options, field, struct tls_files, "TLS", tls_server_settings)
#define TLS_CLIENT_GROUP_IN(options, field)                                                                  \
    SETTING_GROUP_IN(options, field, struct tls_files, N_("TLS"), tls_client_settings)

enum { TLS_FILES = 4 };

// All of the paths, for loops over them; NULL when not set.
void tls_options_paths(const struct tls_files *files, const char *paths[TLS_FILES]);

// The prefix of an agency's identity in its certificate.
extern const char tls_agency_prefix[];

// Whether all files are set that TLS needs, or none is. ERROR_BAD_SETTING, naming the setting.
bool tls_options_complete(const struct tls_files *files, const struct settings *settings,
                          struct error *error) MUST_CHECK;

// Reads the files, and logs a warning for each that is dubious. The caller releases *context; it is NULL when
// no file is set, which means plain text. `files` are part of the options that `settings` filled in.
// ERROR_BAD_SETTING, naming the setting and the file.
bool tls_options_read(const struct tls_files *files, const struct settings *settings, enum tls_role role,
                      struct tls_context **context, struct error *error) MUST_CHECK;

// Logs a line for each file that expires within EXPIRY_WARNING_DAYS, or has expired.
void tls_options_warn_of_expiry(const struct tls_context *context);

#endif

// The settings of the log, shared by server and client, which name them differently.
#ifndef QUINIELA_CLI_LOG_OPTIONS_H
#define QUINIELA_CLI_LOG_OPTIONS_H

#include "base/log.h"
#include "base/settings.h"
#include "base/translate.h"

struct log_options {
    enum log_level level; // LOGGING_LEVEL, or CLI_LOG_LEVEL
    enum log_format format;
    const char *file; // path, or NULL: standard output
};

extern const struct setting log_server_settings[], log_client_settings[];

// Has the log be as the options say, which `settings` filled in. Its file is opened with the rights of `user`
// (NULL: those of the process), so that what opens it now can open it again later. The first thread calls it,
// before any other starts. ERROR_BAD_SETTING or ERROR_SYSTEM, naming the setting and the file.
bool log_options_apply(const struct log_options *options, const struct settings *settings, const char *user,
                       struct error *error) MUST_CHECK;

// The group, bound to the field `field` of the struct `options`.
#define LOG_SERVER_GROUP_IN(options, field)                                                                  \
    SETTING_GROUP_IN(options, field, struct log_options, "Log", log_server_settings)
#define LOG_CLIENT_GROUP_IN(options, field)                                                                  \
    SETTING_GROUP_IN(options, field, struct log_options, N_("Log"), log_client_settings)

#endif

// The settings of the log, shared by server and client, which name them differently.
#ifndef QUINIELA_CLI_LOG_OPTIONS_H
#define QUINIELA_CLI_LOG_OPTIONS_H

#include "base/log.h"
#include "base/settings.h"

struct log_options {
    enum log_level level; // LOGGING_LEVEL, or CLI_LOG_LEVEL
    enum log_format format;
};

extern const struct setting log_server_settings[], log_client_settings[];

// Has the log be as the options say.
void log_options_apply(const struct log_options *options);

// The group, bound to the field `field` of the struct `options`.
#define LOG_SERVER_GROUP_IN(options, field)                                                                  \
    SETTING_GROUP_IN(options, field, struct log_options, "Log", log_server_settings)
#define LOG_CLIENT_GROUP_IN(options, field)                                                                  \
    SETTING_GROUP_IN(options, field, struct log_options, "Log", log_client_settings)

#endif

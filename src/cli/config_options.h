// The server's own file of settings, for the commands that need some of them: where its store is, and so on.
// What else is in it is the server's.
#ifndef QUINIELA_CLI_CONFIG_OPTIONS_H
#define QUINIELA_CLI_CONFIG_OPTIONS_H

#include "base/settings.h"

struct config_options {
    const char *path; // or NULL
};

extern const struct setting config_settings[];

// The group, bound to the field `field` of the struct `options`. The command has CONFIG_OF_SERVER, too.
#define CONFIG_GROUP_IN(options, field)                                                                      \
    SETTING_GROUP_IN(options, field, struct config_options, "The server's settings", config_settings)

// The fields of a struct settings_command that reads that file.
#define CONFIG_OF_SERVER .format = SETTINGS_INI, .file_of = &server_command

#endif

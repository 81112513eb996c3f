// The program's one table of settings, and the subcommands that are told with it.
#ifndef QUINIELA_CLI_SETTINGS_TABLE_H
#define QUINIELA_CLI_SETTINGS_TABLE_H

#include "base/settings.h"

extern const struct settings_command server_command;
extern const struct settings_command client_command;
extern const struct settings_command export_command;
extern const struct settings_command status_command;
extern const struct settings_command check_command;
extern const struct settings_command sample_command;
extern const struct settings_command compose_command;
extern const struct settings_command ping_command;
extern const struct settings_command bench_command;
extern const struct settings_command keys_command;
extern const struct settings_command verify_command;

#endif

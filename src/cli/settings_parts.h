// The parts that the table of settings is made of, a file each.
#ifndef QUINIELA_CLI_SETTINGS_PARTS_H
#define QUINIELA_CLI_SETTINGS_PARTS_H

#include "base/settings.h"

// The subcommands that have an entry, or-ed.
enum {
    COMMAND_SERVER = 1 << 0,
    COMMAND_CLIENT = 1 << 1,
    COMMAND_EXPORT = 1 << 2,
    COMMAND_STATUS = 1 << 3,
    COMMAND_SAMPLE = 1 << 4,
    COMMAND_PING = 1 << 5,
    COMMAND_BENCH = 1 << 6,
    COMMAND_COMPOSE = 1 << 7,
    COMMAND_CHECK = 1 << 8,
    COMMAND_KEYS = 1 << 9,
    COMMAND_VERIFY = 1 << 10,
};

// Each ends with an entry whose key is NULL.
extern const struct setting settings_server[];
extern const struct setting settings_client[];
extern const struct setting settings_tools[];
extern const struct setting settings_bench[];

#endif

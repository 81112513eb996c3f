// What the readers of configuration files have in common.
#ifndef QUINIELA_BASE_CONFIG_ENTRY_H
#define QUINIELA_BASE_CONFIG_ENTRY_H

#include "base/error.h"

#include <stdbool.h>

// Receives one key with its value as written, and its line number (from 1). Returns false to stop, with
// `error` set.
typedef bool (*config_entry)(void *context, const char *key, const char *value, int line,
                             struct error *error);

// A file may begin with a byte order mark; anywhere else it shows that several files were joined.
#define CONFIG_INNER_MARK "a byte order mark (U+FEFF) in the middle, as of two files put together: delete it"

#endif

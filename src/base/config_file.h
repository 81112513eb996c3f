// Reading configuration files: each key and value is handed to a function, in the file's order.
#ifndef QUINIELA_BASE_CONFIG_FILE_H
#define QUINIELA_BASE_CONFIG_FILE_H

#include "base/error.h"

#include <stdbool.h>

// Takes one key and its value, as written, and the line (from 1) it stands on. Returns false to stop, with
// `error` set.
typedef bool (*config_entry)(void *context, const char *key, const char *value, int line,
                             struct error *error);

// Reads the INI file `path`; keys come as they are written, from section DEFAULT (or before any section).
// Other sections' keys come as "section.key". ERROR_BAD_SETTING with file and line when it cannot be read or
// parsed, has a byte order mark anywhere but at its beginning, or lines that end in CR alone.
bool config_read_ini(const char *path, config_entry entry, void *context, struct error *error) MUST_CHECK;

// Reads the YAML file `path`; nested keys come as a dotted path ("server.address"). ERROR_BAD_SETTING with
// file and line when it cannot be read or parsed, holds anything but maps of scalars, or has a byte order
// mark anywhere but at its beginning.
bool config_read_yaml(const char *path, config_entry entry, void *context, struct error *error) MUST_CHECK;

// U+FEFF in UTF-8. It may begin a file; what has it elsewhere was put together from several.
#define CONFIG_BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define CONFIG_INNER_MARK "a byte order mark (U+FEFF) in the middle, as of two files put together: delete it"

enum config_kind { CONFIG_UNKNOWN, CONFIG_INI, CONFIG_YAML };

// What the file looks like, by its first line that is neither empty nor a comment. CONFIG_UNKNOWN also where
// it cannot be read.
enum config_kind config_guess(const char *path);

#endif

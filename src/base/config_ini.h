// Reading INI files: each key and value is handed to a function, in the file's order.
#ifndef QUINIELA_BASE_CONFIG_INI_H
#define QUINIELA_BASE_CONFIG_INI_H

#include "base/attributes.h"
#include "base/config_entry.h"

// Reads the INI file `path`; keys come as they are written, from section DEFAULT (or before any section).
// Other sections' keys come as "section.key". ERROR_BAD_SETTING with file and line when it cannot be read or
// parsed, has a byte order mark anywhere but at its beginning, or lines that end in CR alone.
bool config_read_ini(const char *path, config_entry entry, void *context, struct error *error) MUST_CHECK;

#endif

// Reading INI files: each key and value is handed to a function, in the file's order.
#ifndef QUINIELA_BASE_CONFIG_INI_H
#define QUINIELA_BASE_CONFIG_INI_H

#include "base/attributes.h"
#include "base/config_entry.h"

// Reads the INI file `path`. Keys of section DEFAULT, or before any section, are passed as written; those of
// other sections as "section.key". ERROR_BAD_SETTING with file and line when the file cannot be read or
// parsed. Byte order marks are also refused, except at the beginning, and so are lines that end in CR alone.
bool config_read_ini(const char *path, config_entry entry, void *context, struct error *error) MUST_CHECK;

#endif

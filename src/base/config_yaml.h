// Reading YAML files: each key and value is handed to a function, in the file's order.
#ifndef QUINIELA_BASE_CONFIG_YAML_H
#define QUINIELA_BASE_CONFIG_YAML_H

#include "base/attributes.h"
#include "base/config_entry.h"

// Reads the YAML file `path`; nested keys come as a dotted path ("server.address"). ERROR_BAD_SETTING with
// file and line when it cannot be read or parsed, holds anything but maps of scalars, or has a byte order
// mark anywhere but at its beginning.
bool config_read_yaml(const char *path, config_entry entry, void *context, struct error *error) MUST_CHECK;

#endif

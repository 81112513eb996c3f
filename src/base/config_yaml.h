// Reading YAML files: each key and value is handed to a function, in the file's order.
#ifndef QUINIELA_BASE_CONFIG_YAML_H
#define QUINIELA_BASE_CONFIG_YAML_H

#include "base/attributes.h"
#include "base/config_entry.h"

// Reads the YAML file `path`; nested keys are passed as a dotted path ("server.address"). ERROR_BAD_SETTING
// with file and line when the file cannot be read or parsed, or holds anything but maps of scalars. Byte
// order marks are also refused, except at the beginning.
bool config_read_yaml(const char *path, config_entry entry, void *context, struct error *error) MUST_CHECK;

#endif

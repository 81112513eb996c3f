// Reading settings from the environment.
#ifndef QUINIELA_BASE_SETTINGS_ENVIRONMENT_H
#define QUINIELA_BASE_SETTINGS_ENVIRONMENT_H

#include "base/settings_values.h"

// Takes each variable that has the name of a setting. An empty one counts as unset. ERROR_BAD_SETTING names
// the variable.
bool settings_environment_read(struct settings_values *values, struct error *error) MUST_CHECK;

#endif

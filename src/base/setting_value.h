// The values of settings as people write them: parses them, and says what is wrong with them.
#ifndef QUINIELA_BASE_SETTING_VALUE_H
#define QUINIELA_BASE_SETTING_VALUE_H

#include "base/attributes.h"
#include "base/error.h"
#include "base/setting.h"

// Whether `text` is a value of this setting's type. For every type but text, *number becomes the value for
// the field: the number, milliseconds, bytes, a log level, the position of a choice, or 0 or 1.
bool setting_value_parse(const struct setting *setting, const char *text, int64_t *number) MUST_CHECK;

// Sets `error` to say that `text`, found at `place`, is not a value of this setting. Always returns false.
bool setting_value_refuse(const struct setting *setting, const char *place, const char *text,
                          struct error *error);

#endif

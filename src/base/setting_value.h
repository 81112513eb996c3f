// The values of settings, as they are written: checking them, and saying what is wrong with them.
#ifndef QUINIELA_BASE_SETTING_VALUE_H
#define QUINIELA_BASE_SETTING_VALUE_H

#include "base/settings.h"

enum { SETTING_SHOWN_BYTES = 48 }; // of a value that an error shows

// Whether `text` is a value of this setting's type. *number is then a number's value, a duration's
// milliseconds, or a switch's 0 or 1.
bool setting_value_parse(const struct setting *setting, const char *text, int64_t *number) MUST_CHECK;

// Sets `error` to say that `text`, which stands at `place`, is no value of this setting. Always returns
// false.
bool setting_value_refuse(const struct setting *setting, const char *place, const char *text,
                          struct error *error);

// Copies `text` as far as there is room: quotes, backslashes and what nobody would see escaped (\", \r, \x1b,
// \u0085), no character cut in two, and "..." where there was no room for all of it.
void setting_value_show(const char *text, char shown[SETTING_SHOWN_BYTES]);

#endif

// Which bytes the text of a setting may contain, and what quotes and `#` in it were meant to be.
#ifndef QUINIELA_BASE_SETTING_TEXT_H
#define QUINIELA_BASE_SETTING_TEXT_H

#include "base/attributes.h"
#include "base/error.h"
#include "base/setting.h"

enum setting_source { SETTING_FROM_INI, SETTING_FROM_YAML, SETTING_FROM_ENVIRONMENT, SETTING_FROM_FLAG };

// Whether the setting may have this text, found at `place`. Control characters (U+0000 to U+001F, U+007F to
// U+009F) and byte order marks (U+FEFF) are refused from every source: they would become an invisible part of
// the name of a file or a draw. Quotes at the beginning, and a `#` or `;` at the beginning or after a blank,
// are refused if the source makes them part of the value: they were meant as quotes and as a comment. A flag
// is taken as it is, since the shell has removed its own quotes and comments; so is a text that is not a name
// (free_text). ERROR_BAD_SETTING says how the source treats them.
bool setting_text_check(const struct setting *setting, enum setting_source source, const char *place,
                        const char *text, struct error *error) MUST_CHECK;

#endif

// Texts of settings: what their bytes may be, and what people mean by quotes and `#` where they wrote them.
#ifndef QUINIELA_BASE_SETTING_TEXT_H
#define QUINIELA_BASE_SETTING_TEXT_H

#include "base/settings.h"

enum setting_source { SETTING_FROM_INI, SETTING_FROM_YAML, SETTING_FROM_ENVIRONMENT, SETTING_FROM_FLAG };

// Whether `text`, which stands at `place`, may be what the setting is told. A text that has a control
// character (U+0000 to U+001F, U+007F to U+009F) or a byte order mark (U+FEFF) may not, wherever it comes
// from: it would become part of the name of a file or a draw, where nobody sees it. Nor may one that begins
// with a quote, a `#` or a `;`, or has one of these two behind a blank, where the source hands them over as
// part of the value: they were meant as quotes and as a comment. A flag is taken as it is: a shell has taken
// away what is its own. So is what is no name (free_text). ERROR_BAD_SETTING says what the source does with
// them.
bool setting_text_check(const struct setting *setting, enum setting_source source, const char *place,
                        const char *text, struct error *error) MUST_CHECK;

// Whether nobody would see the character: a control character, or a byte order mark.
bool setting_text_is_hidden(uint32_t character);

#endif

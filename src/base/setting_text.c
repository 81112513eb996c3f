#include "base/setting_text.h"

#include "base/setting_show.h"
#include "base/translate.h"
#include "base/utf8.h"

#include <string.h>

// The first invisible character of the text, or NULL.
static const char *find_hidden(const char *text) {
    for (size_t left = strlen(text); left > 0;) {
        uint32_t character = 'x';
        size_t length = utf8_character(text, left, &character); // 0: not UTF-8, as in some file names
        if (length > 0 && setting_show_is_hidden(character)) {
            return text;
        }
        text += length > 0 ? length : 1;
        left -= length > 0 ? length : 1;
    }
    return NULL;
}

// The comment that was probably meant after a value, or in its place; NULL when there is none.
static const char *find_comment(const char *text) {
    for (const char *at = text; (at = strpbrk(at, "#;")) != NULL; at++) {
        if (at == text || at[-1] == ' ') {
            return at;
        }
    }
    return NULL;
}

static bool refuse(const char *place, const char *text, const char *why, struct error *error) {
    char shown[SETTING_SHOWN_BYTES];
    setting_show(text, shown);
    return error_set(error, ERROR_BAD_SETTING, "%s: \"%s\" %s", place, shown, translate(why));
}

// How each source treats quotes and comments.
static const struct {
    const char *quotes, *comment;
} meanings[] = {
    [SETTING_FROM_INI] = {N_("has quotes, which are part of the value in an INI file: leave them out"),
                          N_("seems to end in a comment: in an INI file one with # has a line of its own")},
    [SETTING_FROM_YAML] =
        {N_("has quotes within YAML's own, which are part of the value: leave them out"),
         N_("seems to end in a comment, which the quotes make part of the value: put it after them")},
    [SETTING_FROM_ENVIRONMENT] =
        {N_("has quotes, which are part of the value in the environment: leave them out"),
         N_("seems to end in a comment: there are none in the environment; leave it out")},
};

bool setting_text_check(const struct setting *setting, enum setting_source source, const char *place,
                        const char *text, struct error *error) {
    if (setting->type != SETTING_TEXT && setting->type != SETTING_TEXTS && setting->type != SETTING_CONFIG) {
        return true;
    }
    if (find_hidden(text) != NULL) {
        return refuse(place, text,
                      N_("has a control character, which would become part of a name: delete it"), error);
    }
    if (setting->free_text || source == SETTING_FROM_FLAG) {
        return true;
    }
    if (text[0] == '"' || text[0] == '\'') {
        return refuse(place, text, meanings[source].quotes, error);
    }
    return find_comment(text) == NULL || refuse(place, text, meanings[source].comment, error);
}

#include "base/settings_values.h"

#include "base/setting_text.h"
#include "base/setting_value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct setting_value default_value(const struct setting_group *group, const struct setting *setting) {
    struct setting_value value = {
        .setting = setting, .offset = group->offset + setting->offset, .origin = ORIGIN_DEFAULT};
    if (setting->fallback != NULL && !setting_value_parse(setting, setting->fallback, &value.number)) {
        abort();
    }
    return value;
}

void settings_values_init(struct settings_values *values, const struct settings_command *command,
                          const struct command_line *line) {
    values->command = command;
    values->line = line;
    values->count = 0;
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            assert(values->count < SETTINGS_MAX);
            values->list[values->count++] = default_value(group, setting);
        }
    }
}

void settings_values_clear(struct settings_values *values) {
    for (int i = 0; i < values->count; i++) {
        struct setting_value *value = &values->list[i];
        for (size_t text = 0; text < value->texts_count; text++) {
            free(value->texts[text]);
        }
        free(value->texts);
        free(value->text);
        free(value->place);
    }
    values->count = 0;
}

// The source decides the meaning of quotes and comments in a text.
static enum setting_source source_of(const struct settings_values *values, enum origin origin) {
    if (origin == ORIGIN_FILE) {
        return values->command->format == SETTINGS_YAML ? SETTING_FROM_YAML : SETTING_FROM_INI;
    }
    return origin == ORIGIN_ENVIRONMENT ? SETTING_FROM_ENVIRONMENT : SETTING_FROM_FLAG;
}

// Adds a copy of the text to those of the value.
static bool keep_one_more(struct setting_value *value, const char *text) {
    char **texts = reallocarray(value->texts, value->texts_count + 1, sizeof *texts);
    if (texts == NULL) {
        return false;
    }
    value->texts = texts;
    texts[value->texts_count] = strdup(text);
    return texts[value->texts_count] != NULL && ++value->texts_count > 0;
}

bool settings_values_take(const struct settings_values *values, struct setting_value *value,
                          enum origin origin, const char *place, const char *text, struct error *error) {
    if (origin < value->origin) {
        return true;
    }
    if (value->setting->once && origin == ORIGIN_FLAG && value->origin == ORIGIN_FLAG) {
        return error_set(error, ERROR_BAD_SETTING, "%s: is given twice", place);
    }
    int64_t number = 0;
    if (!setting_value_parse(value->setting, text, &number)) {
        return setting_value_refuse(value->setting, place, text, error);
    }
    if (!setting_text_check(value->setting, source_of(values, origin), place, text, error)) {
        return false;
    }
    char *copy = strdup(text), *place_copy = strdup(place);
    if (copy == NULL || place_copy == NULL ||
        (value->setting->type == SETTING_TEXTS && !keep_one_more(value, text))) {
        free(copy);
        free(place_copy);
        return error_set(error, ERROR_NO_MEMORY, "%s: no memory", place);
    }
    free(value->text);
    free(value->place);
    value->text = copy;
    value->place = place_copy;
    value->number = number;
    value->origin = origin;
    return true;
}

bool settings_values_note(const struct settings_values *values, const struct error *error) {
    const struct command_line *line = values->line;
    if (line->problem == NULL || error->code != ERROR_BAD_SETTING) {
        return false;
    }
    line->problem(line->problem_context, error);
    return true;
}

#include "base/settings.h"

#include "base/log.h"
#include "base/settings_environment.h"
#include "base/settings_file.h"
#include "base/settings_flags.h"
#include "base/settings_help.h"
#include "base/settings_values.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    const char *options; // the caller's struct
    struct settings_values values;
    struct settings_operands given;    // in the caller's argv
    struct settings_operands operands; // copies of them
    struct settings_file file;
};

// Loading -------------------------------------------------------------------------------------------------

static void fill_field(void *field, const struct setting_value *value) {
    switch (value->setting->storage) {
    case SETTING_STORED_TEXT:
        *(const char **)field = value->text != NULL ? value->text : value->setting->fallback;
        return;
    case SETTING_STORED_TEXTS:
        *(struct setting_texts *)field =
            (struct setting_texts){(const char *const *)value->texts, value->texts_count};
        return;
    case SETTING_STORED_BOOL:
        *(bool *)field = value->number != 0;
        return;
    case SETTING_STORED_UINT16:
        *(uint16_t *)field = (uint16_t)value->number;
        return;
    case SETTING_STORED_INT:
        *(int *)field = (int)value->number;
        return;
    case SETTING_STORED_UINT32:
        *(uint32_t *)field = (uint32_t)value->number;
        return;
    case SETTING_STORED_INT64:
        *(int64_t *)field = value->number;
        return;
    case SETTING_STORED_UINT64:
        *(uint64_t *)field = (uint64_t)value->number;
        return;
    }
    abort();
}

static void fill_options(const struct settings_values *values, void *options) {
    for (int i = 0; i < values->count; i++) {
        fill_field((char *)options + values->list[i].offset, &values->list[i]);
    }
}

// The flags come first, because one of them names the file.
static enum settings_outcome read_sources(struct settings *settings, const struct command_line *line,
                                          struct error *error) {
    struct settings_values *values = &settings->values;
    bool wants_help;
    if (!settings_flags_read(values, line->argc, line->argv, &settings->given, &wants_help, error)) {
        return SETTINGS_WRONG;
    }
    if (wants_help) {
        settings_help_print(values->command, stdout);
        return SETTINGS_DONE;
    }
    return settings_environment_read(values, error) &&
                   settings_file_read(values, line->known, &settings->file, error)
               ? SETTINGS_READY
               : SETTINGS_WRONG;
}

// The caller may overwrite its own: one may contain a password.
static bool copy_operands(const struct settings_operands *given, struct settings_operands *copies,
                          struct error *error) {
    copies->list = calloc((size_t)given->count + 1, sizeof *copies->list);
    while (copies->list != NULL && copies->count < given->count) {
        char *copy = strdup(given->list[copies->count]);
        if (copy == NULL) {
            break;
        }
        copies->list[copies->count++] = copy;
    }
    return (copies->list != NULL && copies->count == given->count) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the settings");
}

static void free_operands(const struct settings_operands *operands) {
    for (int i = 0; i < operands->count; i++) {
        free(operands->list[i]);
    }
    free(operands->list);
}

enum settings_outcome settings_load(const struct settings_command *command, const struct command_line *line,
                                    void *options, struct settings **settings, struct error *error) {
    error_clear(error);
    *settings = NULL;
    struct settings *made = calloc(1, sizeof *made);
    if (made == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the settings");
        return SETTINGS_WRONG;
    }
    settings_values_init(&made->values, command, line);
    enum settings_outcome outcome = read_sources(made, line, error);
    if (outcome == SETTINGS_READY && !copy_operands(&made->given, &made->operands, error)) {
        outcome = SETTINGS_WRONG;
    }
    if (outcome != SETTINGS_READY) {
        settings_free(made);
        return outcome;
    }
    fill_options(&made->values, options);
    made->options = options;
    *settings = made;
    return outcome;
}

void settings_free(struct settings *settings) {
    if (settings != NULL) {
        settings_values_clear(&settings->values);
        settings_file_clear(&settings->file);
        free_operands(&settings->operands);
        free(settings);
    }
}

void settings_warn(const struct settings *settings) {
    for (const struct unknown_key *key = settings->file.unknown; key != NULL; key = key->next) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_FAIL, "file: %s | key: %s | line: %d | error: unknown_key",
                  settings->file.path, key->key, key->line);
    }
}

// Asking --------------------------------------------------------------------------------------------------

static const struct setting_value *value_of(const struct settings *settings, const void *field) {
    for (int i = 0; i < settings->values.count; i++) {
        if (settings->options + settings->values.list[i].offset == field) {
            return &settings->values.list[i];
        }
    }
    abort();
}

const char *settings_key(const struct settings *settings, const void *field) {
    return value_of(settings, field)->setting->key;
}

const char *settings_place(const struct settings *settings, const void *field) {
    const struct setting_value *value = value_of(settings, field);
    return value->place != NULL ? value->place : value->setting->key;
}

const char *settings_written(const struct settings *settings, const void *field) {
    const struct setting_value *value = value_of(settings, field);
    return value->text != NULL ? value->text : value->setting->fallback;
}

bool settings_is_set(const struct settings *settings, const void *field) {
    return value_of(settings, field)->origin != ORIGIN_DEFAULT;
}

bool settings_is_from_file(const struct settings *settings, const void *field) {
    return value_of(settings, field)->origin == ORIGIN_FILE;
}

const void *settings_field(const struct settings *settings, const char *key) {
    for (int i = 0; i < settings->values.count; i++) {
        if (strcmp(settings->values.list[i].setting->key, key) == 0) {
            return settings->options + settings->values.list[i].offset;
        }
    }
    return NULL;
}

const char *settings_file_path(const struct settings *settings) {
    return settings->file.path;
}

bool settings_is_given(const struct settings *settings, const void *field) {
    const struct setting_value *value = value_of(settings, field);
    return value->origin != ORIGIN_DEFAULT && (value->setting->type != SETTING_SWITCH || value->number != 0);
}

bool settings_is_from_flag(const struct settings *settings, const void *field) {
    return value_of(settings, field)->origin == ORIGIN_FLAG && settings_is_given(settings, field);
}

void settings_each(const struct settings *settings,
                   void (*each)(void *context, const char *key, const char *text, const char *place),
                   void *context) {
    for (int i = 0; i < settings->values.count; i++) {
        const struct setting_value *value = &settings->values.list[i];
        each(context, value->setting->key, value->text != NULL ? value->text : value->setting->fallback,
             value->place);
    }
}

const char *settings_operand(const struct settings *settings, int index) {
    assert(index >= 0);
    return index < settings->operands.count ? settings->operands.list[index] : NULL;
}

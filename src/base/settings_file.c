#include "base/settings_file.h"

#include "base/config_guess.h"
#include "base/config_ini.h"
#include "base/config_yaml.h"
#include "base/near_word.h"
#include "base/setting_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct file_reading {
    struct settings_values *values;
    const struct settings_command *const *known;
    struct settings_file *file;
    bool any_expected; // the file has a key that such files may have
};

static struct setting_value *value_in_file(struct settings_values *values, const char *key) {
    for (int i = 0; i < values->count; i++) {
        const struct setting *setting = values->list[i].setting;
        if (settings_command_has_in_file(values->command, setting) &&
            strcasecmp(setting_file_key(setting), key) == 0) {
            return &values->list[i];
        }
    }
    return NULL;
}

// Unknown keys ---------------------------------------------------------------------------------------------

// The command's own key that was probably meant, or NULL.
static const char *key_meant(const struct settings_values *values, const char *key) {
    for (int i = 0; i < values->count; i++) {
        const struct setting *setting = values->list[i].setting;
        if (settings_command_has_in_file(values->command, setting) &&
            near_word(setting_file_key(setting), key)) {
            return setting_file_key(setting);
        }
    }
    return NULL;
}

static bool keep_unknown(struct settings_file *file, const char *key, int line, struct error *error) {
    struct unknown_key *unknown = malloc(sizeof *unknown + strlen(key) + 1);
    if (unknown == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the settings");
    }
    unknown->next = NULL;
    unknown->line = line;
    memcpy(unknown->key, key, strlen(key) + 1);
    *file->last_unknown = unknown;
    file->last_unknown = &unknown->next;
    return true;
}

// Whether some command has a setting of this name: then the key is not misspelled.
static bool is_known(const struct file_reading *reading, const char *key) {
    const struct settings_command *const own[] = {reading->values->command, NULL};
    return settings_command_any_has(own, key) || settings_command_any_has(reading->known, key);
}

static bool take_unknown(struct file_reading *reading, const char *key, int line, struct error *error) {
    const char *meant = is_known(reading, key) ? NULL : key_meant(reading->values, key);
    if (meant != NULL) {
        char shown[SETTING_SHOWN_BYTES];
        setting_show(key, shown);
        return error_set(error, ERROR_BAD_SETTING, "%.150s:%d: %s: there is no such key; did you mean %s?",
                         reading->file->path, line, shown, meant);
    }
    reading->any_expected = reading->any_expected || settings_command_expects(reading->values->command, key);
    return keep_unknown(reading->file, key, line, error);
}

// Reading -------------------------------------------------------------------------------------------------

static bool take_entry(struct file_reading *reading, const char *key, const char *text, int line,
                       struct error *error) {
    char shown[SETTING_SHOWN_BYTES];
    setting_show(key, shown);
    struct setting_value *value = value_in_file(reading->values, key);
    if (value == NULL) {
        return take_unknown(reading, key, line, error);
    }
    reading->any_expected = true;
    if (value->file_line != 0) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s:%d: %s: it was set on line %d already",
                         reading->file->path, line, shown, value->file_line);
    }
    value->file_line = line;
    if (text[0] == '\0' && value->setting->type == SETTING_TEXT) {
        return true; // as if the key were absent
    }
    char place[PLACE_BYTES_MAX];
    snprintf(place, sizeof place, "%.150s:%d: %s", reading->file->path, line, shown);
    return settings_values_take(reading->values, value, ORIGIN_FILE, place, text, error);
}

static bool on_entry(void *context, const char *key, const char *text, int line, struct error *error) {
    struct file_reading *reading = context;
    return take_entry(reading, key, text, line, error) || settings_values_note(reading->values, error);
}

// Explains that none of the file's keys is known. Returns false.
static bool refuse_unknown_file(const struct file_reading *reading, struct error *error) {
    const struct settings_command *command = reading->values->command;
    const char *path = reading->file->path;
    const struct unknown_key *first = reading->file->unknown;
    char shown[SETTING_SHOWN_BYTES];
    if (command->format == SETTINGS_INI && config_guess(path) == CONFIG_YAML) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%.150s: it looks like a YAML file, as the client has; quiniela %s reads INI", path,
                         command->name);
    }
    size_t section = strcspn(first->key, ".");
    if (command->format == SETTINGS_INI && first->key[section] == '.') {
        snprintf(shown, sizeof shown, "%.*s", (int)section, first->key);
        return error_set(
            error, ERROR_BAD_SETTING,
            "%.150s:%d: no key is known: this one is in section [%s], and only [DEFAULT] is read", path,
            first->line, shown);
    }
    setting_show(first->key, shown);
    return error_set(error, ERROR_BAD_SETTING, "%.150s:%d: no key is known to quiniela %s; the first is %s",
                     path, first->line, command->name, shown);
}

static bool read_yaml(struct file_reading *reading, struct error *error) {
    const char *path = reading->file->path;
    struct error reason;
    if (config_read_yaml(path, on_entry, reading, &reason)) {
        return true;
    }
    if (config_guess(path) == CONFIG_INI) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%.150s: it looks like an INI file, as the server has; quiniela %s reads YAML", path,
                         reading->values->command->name);
    }
    *error = reason;
    return false;
}

static const char *path_of(const struct settings_values *values) {
    for (int i = 0; i < values->count; i++) {
        if (values->list[i].setting->type == SETTING_CONFIG) {
            return values->list[i].text;
        }
    }
    return NULL;
}

// A command for a server that runs must not wait for a file that is none.
static bool check_kind(const struct settings_command *command, const char *path, struct error *error) {
    struct stat status;
    return command->file_of == NULL || stat(path, &status) != 0 || S_ISREG(status.st_mode) ||
           error_set(error, ERROR_BAD_SETTING, "%.150s: is not a regular file", path);
}

bool settings_file_read(struct settings_values *values, const struct settings_command *const *known,
                        struct settings_file *file, struct error *error) {
    *file = (struct settings_file){.path = path_of(values), .last_unknown = &file->unknown};
    struct file_reading reading = {.values = values, .known = known, .file = file};
    if (file->path == NULL) {
        return true;
    }
    if (!check_kind(values->command, file->path, error)) {
        return false;
    }
    bool good = values->command->format == SETTINGS_YAML
                    ? read_yaml(&reading, error)
                    : config_read_ini(file->path, on_entry, &reading, error);
    return good && (reading.any_expected || file->unknown == NULL || refuse_unknown_file(&reading, error));
}

void settings_file_clear(struct settings_file *file) {
    while (file->unknown != NULL) {
        struct unknown_key *unknown = file->unknown;
        file->unknown = unknown->next;
        free(unknown);
    }
}

// Settings: reading the file. A key that is nobody's is kept for a warning; one that is nearly a key of the
// command, and a file without any key that is known, are mistakes that would go unnoticed, and are refused.
#include "base/config_file.h"
#include "base/near_word.h"
#include "base/setting_name.h"
#include "base/setting_value.h"
#include "base/settings_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct file_reading {
    struct settings *settings;
    const char *path;
    bool any_known; // a key that this command, or another one that reads such files, has
};

static struct value *value_in_file(struct settings *settings, const char *key) {
    for (int i = 0; i < settings->count; i++) {
        const struct setting *setting = settings->values[i].setting;
        if (setting_is_in_file(settings->command, setting) &&
            strcasecmp(setting_file_key(setting), key) == 0) {
            return &settings->values[i];
        }
    }
    return NULL;
}

// Unknown keys ---------------------------------------------------------------------------------------------

static bool is_name_of(const struct setting *setting, const char *key) {
    return strcasecmp(setting->key, key) == 0 || strcasecmp(setting_file_key(setting), key) == 0 ||
           (setting->alias != NULL && strcasecmp(setting->alias, key) == 0);
}

// Whether some command knows the key by any name.
static bool is_somebodys(const struct settings_command *command, const char *key) {
    for (const struct setting *setting = NULL; (setting = setting_next_of_all(command, setting)) != NULL;) {
        if (is_name_of(setting, key)) {
            return true;
        }
    }
    return false;
}

// The key of the command's own that was meant, or NULL.
static const char *key_meant(const struct settings *settings, const char *key) {
    for (int i = 0; i < settings->count; i++) {
        const struct setting *setting = settings->values[i].setting;
        if (setting_is_in_file(settings->command, setting) && near_word(setting_file_key(setting), key)) {
            return setting_file_key(setting);
        }
    }
    return NULL;
}

static bool remember_unknown(struct settings *settings, const char *key, int line, struct error *error) {
    struct unknown_key *unknown = malloc(sizeof *unknown + strlen(key) + 1);
    if (unknown == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the settings");
    }
    unknown->next = NULL;
    unknown->line = line;
    memcpy(unknown->key, key, strlen(key) + 1);
    *settings->last_unknown = unknown;
    settings->last_unknown = &unknown->next;
    return true;
}

// Whether one of the commands that read such a file has the key.
static bool is_read_by_another(const struct settings_command *command, const char *key) {
    for (const struct setting *setting = NULL; (setting = setting_next_of_all(command, setting)) != NULL;) {
        if ((setting->commands & command->file_commands) != 0 && setting_is_in_file(command, setting) &&
            strcasecmp(setting_file_key(setting), key) == 0) {
            return true;
        }
    }
    return false;
}

static bool take_unknown(struct file_reading *reading, const char *key, int line, struct error *error) {
    struct settings *settings = reading->settings;
    const char *meant = is_somebodys(settings->command, key) ? NULL : key_meant(settings, key);
    if (meant != NULL) {
        char shown[SETTING_SHOWN_BYTES];
        setting_value_show(key, shown);
        return error_set(error, ERROR_BAD_SETTING, "%.150s:%d: %s: there is no such key; %s is meant?",
                         reading->path, line, shown, meant);
    }
    reading->any_known = reading->any_known || is_read_by_another(settings->command, key);
    return remember_unknown(settings, key, line, error);
}

// Reading -------------------------------------------------------------------------------------------------

static bool on_entry(void *context, const char *key, const char *text, int line, struct error *error) {
    struct file_reading *reading = context;
    char shown[SETTING_SHOWN_BYTES];
    setting_value_show(key, shown);
    struct value *value = value_in_file(reading->settings, key);
    if (value == NULL) {
        return take_unknown(reading, key, line, error);
    }
    reading->any_known = true;
    if (value->file_line != 0) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s:%d: %s: it stands on line %d already",
                         reading->path, line, shown, value->file_line);
    }
    value->file_line = line;
    if (text[0] == '\0' && value->setting->type == SETTING_TEXT) {
        return true; // a text of nothing is no text: the key might as well not be there
    }
    char place[PLACE_BYTES_MAX];
    snprintf(place, sizeof place, "%.150s:%d: %s", reading->path, line, shown);
    return settings_take(reading->settings, value, ORIGIN_FILE, place, text, error);
}

// Says why a file has only keys that nobody knows. Returns false.
static bool refuse_unknown_file(const struct file_reading *reading, struct error *error) {
    const struct settings *settings = reading->settings;
    const struct unknown_key *first = settings->unknown;
    const char *command = settings->command->name;
    char shown[SETTING_SHOWN_BYTES];
    enum config_kind kind = config_guess(reading->path);
    if (settings->command->format == SETTINGS_INI && kind == CONFIG_YAML) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%.150s: it looks like a YAML file, as the client has; quiniela %s reads INI",
                         reading->path, command);
    }
    size_t section = strcspn(first->key, ".");
    if (settings->command->format == SETTINGS_INI && first->key[section] == '.') {
        snprintf(shown, sizeof shown, "%.*s", (int)section, first->key);
        return error_set(
            error, ERROR_BAD_SETTING,
            "%.150s:%d: no key is known: this one is in section [%s], and those of [DEFAULT] are read",
            reading->path, first->line, shown);
    }
    setting_value_show(first->key, shown);
    return error_set(error, ERROR_BAD_SETTING,
                     "%.150s:%d: no key is known to quiniela %s, and %s is the first", reading->path,
                     first->line, command, shown);
}

static bool read_yaml(struct file_reading *reading, struct error *error) {
    struct error reason;
    if (config_read_yaml(reading->path, on_entry, reading, &reason)) {
        return true;
    }
    if (config_guess(reading->path) == CONFIG_INI) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%.150s: it looks like an INI file, as the server has; quiniela %s reads YAML",
                         reading->path, reading->settings->command->name);
    }
    *error = reason;
    return false;
}

static bool read_path(struct settings *settings, const char *path, struct error *error) {
    struct file_reading reading = {.settings = settings, .path = path};
    settings->file = path;
    bool good = settings->command->format == SETTINGS_YAML ? read_yaml(&reading, error)
                                                           : config_read_ini(path, on_entry, &reading, error);
    return good && (reading.any_known || settings->unknown == NULL || refuse_unknown_file(&reading, error));
}

bool settings_read_file(struct settings *settings, struct error *error) {
    for (int i = 0; i < settings->count; i++) {
        const struct value *value = &settings->values[i];
        const char *path = value->text != NULL ? value->text : value->setting->fallback;
        if (value->setting->type == SETTING_CONFIG && path != NULL) {
            return read_path(settings, path, error);
        }
    }
    return true;
}

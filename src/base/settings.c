// Settings: reads flags, environment and file by the program's one table, checks every value where it is
// read, and keeps of each setting the text that wins.
#include "base/settings.h"

#include "base/log.h"
#include "base/setting_name.h"
#include "base/setting_text.h"
#include "base/setting_value.h"
#include "base/settings_internal.h"

#include <assert.h>
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

// Values --------------------------------------------------------------------------------------------------

// Where people wrote a text, which decides what quotes and comments are in it.
static enum setting_source source_of(const struct settings *settings, enum origin origin) {
    if (origin == ORIGIN_FILE) {
        return settings->command->format == SETTINGS_YAML ? SETTING_FROM_YAML : SETTING_FROM_INI;
    }
    return origin == ORIGIN_ENVIRONMENT ? SETTING_FROM_ENVIRONMENT : SETTING_FROM_FLAG;
}

bool settings_take(const struct settings *settings, struct value *value, enum origin origin,
                   const char *place, const char *text, struct error *error) {
    if (origin < value->origin) {
        return true;
    }
    int64_t number = 0;
    if (!setting_value_parse(value->setting, text, &number)) {
        return setting_value_refuse(value->setting, place, text, error);
    }
    if (!setting_text_check(value->setting, source_of(settings, origin), place, text, error)) {
        return false;
    }
    char *copy = strdup(text), *place_copy = strdup(place);
    if (copy == NULL || place_copy == NULL) {
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

// The environment -----------------------------------------------------------------------------------------

// Kubernetes tells every container where each service of its namespace is: beside a service called "server"
// SERVER_PORT is "tcp://10.96.0.17:12345". Adds that to an error about such a value. Always returns false.
static bool explain_service_link(const struct setting *setting, const char *name, const char *text,
                                 struct error *error) {
    static const char suffix[] = "_PORT";
    size_t length = strlen(name), tail = sizeof suffix - 1;
    if (length <= tail || strcmp(name + length - tail, suffix) != 0 || strstr(text, "://") == NULL) {
        return false;
    }
    size_t used = strlen(error->text);
    char service[FLAG_BYTES_MAX], flag[FLAG_BYTES_MAX];
    snprintf(service, sizeof service, "%.*s", (int)(length - tail), name);
    for (char *byte = service; *byte != '\0'; byte++) {
        *byte = *byte == '_' ? '-' : (char)tolower((unsigned char)*byte);
    }
    setting_flag_name(setting, flag);
    snprintf(error->text + used, sizeof error->text - used,
             "; Kubernetes sets it so beside a service called %s: set %s in the pod, or give --%s, or say "
             "enableServiceLinks: false",
             service, name, flag);
    return false;
}

static bool read_variable(const struct settings *settings, struct value *value, const char *name, bool *found,
                          struct error *error) {
    const char *text = getenv(name);
    *found = text != NULL && text[0] != '\0';
    if (!*found) {
        return true;
    }
    char place[PLACE_BYTES_MAX];
    snprintf(place, sizeof place, "environment: %s", name);
    return settings_take(settings, value, ORIGIN_ENVIRONMENT, place, text, error) ||
           explain_service_link(value->setting, name, text, error);
}

static bool read_environment(struct settings *settings, struct error *error) {
    for (int i = 0; i < settings->count; i++) {
        struct value *value = &settings->values[i];
        const struct setting *setting = value->setting;
        if (setting->flag_only) {
            continue;
        }
        bool found;
        if (!read_variable(settings, value, setting->key, &found, error) ||
            (!found && setting->alias != NULL &&
             !read_variable(settings, value, setting->alias, &found, error))) {
            return false;
        }
    }
    return true;
}

// Flags ---------------------------------------------------------------------------------------------------

enum {
    FOUND_HELP = 'h',
    FOUND_SETTING = 256, // and its index; below are the letters
};

// What getopt_long is told.
struct flags {
    struct option options[SETTINGS_MAX + 2];
    char names[SETTINGS_MAX][FLAG_BYTES_MAX];
    char letters[2 * SETTINGS_MAX + 4];
};

static void flags_of(const struct settings *settings, struct flags *flags) {
    // The colon in front makes getopt_long tell a value that is missing from a flag that is unknown.
    char *letter = stpcpy(flags->letters, ":h");
    for (int i = 0; i < settings->count; i++) {
        const struct setting *setting = settings->values[i].setting;
        int takes = setting->type == SETTING_SWITCH ? optional_argument : required_argument;
        setting_flag_name(setting, flags->names[i]);
        flags->options[i] = (struct option){flags->names[i], takes, NULL, FOUND_SETTING + i};
        if (setting->letter != 0) {
            *letter++ = setting->letter;
            letter = stpcpy(letter, takes == required_argument ? ":" : "");
        }
    }
    flags->options[settings->count] = (struct option){"help", no_argument, NULL, FOUND_HELP};
    flags->options[settings->count + 1] = (struct option){0};
    *letter = '\0';
}

static int setting_found(const struct settings *settings, int found) {
    if (found >= FOUND_SETTING) {
        return found - FOUND_SETTING;
    }
    for (int i = 0; i < settings->count; i++) {
        if (settings->values[i].setting->letter == found) {
            return i;
        }
    }
    abort();
}

// Says what getopt_long did not like; `found` is what it returned, `argument` the one it stopped at.
static void flag_error(const struct settings *settings, const struct flags *flags, int found,
                       const char *argument, struct error *error) {
    const char *command = settings->command->name;
    char shown[SETTING_SHOWN_BYTES];
    setting_value_show(argument, shown);
    shown[strcspn(shown, "=")] = '\0';
    if (found == ':') {
        error_set(error, ERROR_BAD_SETTING, "--%s: its value is missing",
                  flags->names[setting_found(settings, optopt)]);
    } else if (optopt == FOUND_HELP) {
        error_set(error, ERROR_BAD_SETTING, "--help: it takes no value");
    } else if (optopt != 0) {
        error_set(error, ERROR_BAD_SETTING, "-%c: there is no such flag; see quiniela %s --help",
                  isgraph(optopt) ? optopt : '?', command);
    } else {
        error_set(error, ERROR_BAD_SETTING, "%s: it is no flag, or short for several; see quiniela %s --help",
                  shown, command);
    }
}

static bool take_flag(const struct settings *settings, struct value *value, const char *name,
                      const char *text, struct error *error) {
    char place[FLAG_BYTES_MAX + 2];
    snprintf(place, sizeof place, "--%s", name);
    // Only a switch can be without a value.
    return settings_take(settings, value, ORIGIN_FLAG, place, text != NULL ? text : "true", error);
}

static bool take_arguments(struct settings *settings, int argc, char **argv, struct error *error) {
    const struct settings_command *command = settings->command;
    settings->arguments = argv + optind;
    settings->argument_count = argc - optind;
    if (settings->argument_count < command->arguments_min) {
        return error_set(error, ERROR_BAD_SETTING, "it takes %s; see quiniela %s --help",
                         command->arguments != NULL ? command->arguments : "more arguments", command->name);
    }
    if (settings->argument_count > command->arguments_max) {
        char shown[SETTING_SHOWN_BYTES];
        setting_value_show(settings->arguments[command->arguments_max], shown);
        return error_set(error, ERROR_BAD_SETTING,
                         "\"%s\": that is an argument too many; see quiniela %s --help", shown,
                         command->name);
    }
    return true;
}

static enum settings_outcome read_flags(struct settings *settings, int argc, char **argv,
                                        struct error *error) {
    struct flags flags;
    flags_of(settings, &flags);
    optind = 0; // makes getopt_long start over
    opterr = 0;
    int found;
    while ((found = getopt_long(argc, argv, flags.letters, flags.options, NULL)) != -1) {
        if (found == FOUND_HELP) {
            settings_print_help(settings->command, stdout);
            return SETTINGS_DONE;
        }
        if (found == ':' || found == '?') {
            flag_error(settings, &flags, found, argv[optind - 1], error);
            return SETTINGS_WRONG;
        }
        int index = setting_found(settings, found);
        if (!take_flag(settings, &settings->values[index], flags.names[index], optarg, error)) {
            return SETTINGS_WRONG;
        }
    }
    return take_arguments(settings, argc, argv, error) ? SETTINGS_READY : SETTINGS_WRONG;
}

// Loading -------------------------------------------------------------------------------------------------

// A default that does not fit its own setting is a bug in the table.
static struct value default_value(const struct setting *setting) {
    struct value value = {.setting = setting, .origin = ORIGIN_DEFAULT};
    if (setting->fallback != NULL && !setting_value_parse(setting, setting->fallback, &value.number)) {
        abort();
    }
    return value;
}

static struct settings *settings_new(const struct settings_command *command) {
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL) {
        return NULL;
    }
    settings->command = command;
    settings->last_unknown = &settings->unknown;
    for (const struct setting *setting = NULL; (setting = setting_next(command, setting)) != NULL;) {
        assert(settings->count < SETTINGS_MAX);
        settings->values[settings->count++] = default_value(setting);
    }
    return settings;
}

enum settings_outcome settings_load(const struct settings_command *command, int argc, char **argv,
                                    struct settings **settings, struct error *error) {
    error_clear(error);
    *settings = settings_new(command);
    if (*settings == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the settings");
        return SETTINGS_WRONG;
    }
    // The flags come first because one of them names the file.
    enum settings_outcome outcome = read_flags(*settings, argc, argv, error);
    if (outcome == SETTINGS_READY &&
        (!read_environment(*settings, error) || !settings_read_file(*settings, error))) {
        outcome = SETTINGS_WRONG;
    }
    if (outcome != SETTINGS_READY) {
        settings_free(*settings);
        *settings = NULL;
    }
    return outcome;
}

void settings_free(struct settings *settings) {
    if (settings == NULL) {
        return;
    }
    for (int i = 0; i < settings->count; i++) {
        free(settings->values[i].text);
        free(settings->values[i].place);
    }
    while (settings->unknown != NULL) {
        struct unknown_key *unknown = settings->unknown;
        settings->unknown = unknown->next;
        free(unknown);
    }
    free(settings);
}

void settings_warn(const struct settings *settings) {
    for (const struct unknown_key *unknown = settings->unknown; unknown != NULL; unknown = unknown->next) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_FAIL, "file: %s | key: %s | line: %d | error: unknown_key",
                  settings->file, unknown->key, unknown->line);
    }
}

// Asking --------------------------------------------------------------------------------------------------

static const struct value *value_of(const struct settings *settings, const char *key) {
    for (int i = 0; i < settings->count; i++) {
        if (strcmp(settings->values[i].setting->key, key) == 0) {
            return &settings->values[i];
        }
    }
    abort();
}

static int64_t number_of(const struct settings *settings, const char *key, enum setting_type type) {
    const struct value *value = value_of(settings, key);
    bool has_value = value->text != NULL || value->setting->fallback != NULL;
    if (value->setting->type != type || (!has_value && type != SETTING_SWITCH)) {
        abort();
    }
    return value->number;
}

const char *settings_text(const struct settings *settings, const char *key) {
    const struct value *value = value_of(settings, key);
    return value->text != NULL ? value->text : value->setting->fallback;
}

const char *settings_place(const struct settings *settings, const char *key) {
    const struct value *value = value_of(settings, key);
    return value->place != NULL ? value->place : key;
}

int64_t settings_number(const struct settings *settings, const char *key) {
    return number_of(settings, key, SETTING_NUMBER);
}

int64_t settings_size(const struct settings *settings, const char *key) {
    return number_of(settings, key, SETTING_SIZE);
}

int64_t settings_duration_ms(const struct settings *settings, const char *key) {
    return number_of(settings, key, SETTING_DURATION);
}

bool settings_switch(const struct settings *settings, const char *key) {
    return number_of(settings, key, SETTING_SWITCH) != 0;
}

bool settings_is_set(const struct settings *settings, const char *key) {
    return value_of(settings, key)->origin != ORIGIN_DEFAULT;
}

bool settings_is_given(const struct settings *settings, const char *key) {
    const struct value *value = value_of(settings, key);
    return value->origin != ORIGIN_DEFAULT && (value->setting->type != SETTING_SWITCH || value->number != 0);
}

int settings_argument_count(const struct settings *settings) {
    return settings->argument_count;
}

const char *settings_argument(const struct settings *settings, int index) {
    assert(index >= 0 && index < settings->argument_count);
    return settings->arguments[index];
}

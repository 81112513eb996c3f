// The values of one command's settings while they are read: which of several is used, and where it was set.
#ifndef QUINIELA_BASE_SETTINGS_VALUES_H
#define QUINIELA_BASE_SETTINGS_VALUES_H

#include "base/attributes.h"
#include "base/error.h"
#include "base/settings_command.h"

enum {
    SETTINGS_MAX = 64,     // of one subcommand
    PLACE_BYTES_MAX = 220, // of the text that says where a value was set
};

// A later one overrides an earlier one.
enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG };

struct setting_value {
    const struct setting *setting;
    size_t offset; // of the setting's field in the command's options
    enum origin origin;
    char *text;   // as written; NULL while the default is used
    char **texts; // SETTING_TEXTS: all that were given; `text` is the last one
    size_t texts_count;
    char *place;    // where it was set: "config.ini:3: STORE"; NULL while the default is used
    int64_t number; // the result of setting_value_parse for the text, or for the default
    int file_line;  // its line in the file, or 0
};

struct settings_values {
    const struct settings_command *command;
    struct setting_value list[SETTINGS_MAX];
    int count;
    const struct command_line *line; // which may have problems collected
};

// Lists every setting of the command, each with its default. A default that its own setting refuses is a bug
// in the table, and aborts.
void settings_values_init(struct settings_values *values, const struct settings_command *command,
                          const struct command_line *line);

// Frees what is in the list.
void settings_values_clear(struct settings_values *values);

// Checks `text`, found at `place`, and keeps a copy of both. If a stronger origin has set the value, `text`
// is ignored without a check. Of two values from the same origin, the later one is used. ERROR_BAD_SETTING or
// ERROR_NO_MEMORY.
bool settings_values_take(const struct settings_values *values, struct setting_value *value,
                          enum origin origin, const char *place, const char *text,
                          struct error *error) MUST_CHECK;

// After ERROR_BAD_SETTING: true when problems are collected, and this one has been.
bool settings_values_note(const struct settings_values *values, const struct error *error) MUST_CHECK;

#endif

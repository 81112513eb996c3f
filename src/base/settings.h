// Settings: a command's table gives its keys, defaults and help, and the fields of its own options that
// receive the values. Flags override the environment, the environment overrides the file, and the file the
// default.
//
//   settings_load: settings_flags → settings_environment → settings_file → the fields
#ifndef QUINIELA_BASE_SETTINGS_H
#define QUINIELA_BASE_SETTINGS_H

#include "base/attributes.h"
#include "base/error.h"
#include "base/settings_command.h"

#include <stdbool.h>

struct settings; // where the values of one command's options came from

enum settings_outcome {
    SETTINGS_READY, // continue
    SETTINGS_DONE,  // --help was given, and is printed: exit 0
    SETTINGS_WRONG, // the error says what was wrong: exit 2
};

// Reads the command line, the environment, and the file named by the SETTING_CONFIG entry. Checks every
// value, and fills in the fields of `options`, the struct to which the command's table is bound. A setting
// without a value or a default leaves 0 or NULL in its field. Texts belong to *settings, which the caller
// frees with settings_free (NULL unless READY). `--help` prints to standard output. Unknown keys in the file
// are not refused, but kept for settings_warn. Errors name the file and line, the flag or the variable, as
// well as the key and the reason. An empty variable counts as unset, and so does an empty text in the file.
enum settings_outcome settings_load(const struct settings_command *command, const struct command_line *line,
                                    void *options, struct settings **settings,
                                    struct error *error) MUST_CHECK;

// Logs a warning for each unknown key of the file: `action: config | result: fail | file: … | key: …`.
// Separate from settings_load, since the log level is a setting, and other lines come first.
void settings_warn(const struct settings *settings);

void settings_free(struct settings *settings);

// Questions about one setting, identified by the field it is bound to: `field` points into the options that
// were filled in. A field without a setting is a bug, and aborts.

// The key of the setting: "STORE".
const char *settings_key(const struct settings *settings, const void *field);

// Where the value was set, for errors: "config.ini:3: STORE", "--store", "environment: STORE"; the key itself
// if it is the default.
const char *settings_place(const struct settings *settings, const void *field);

// The value as it was written (in the file, the environment or the flag), or the default; NULL if there is
// neither.
const char *settings_written(const struct settings *settings, const void *field);

// Whether the value came from a flag, the environment or the file rather than from the default.
bool settings_is_set(const struct settings *settings, const void *field);

// Whether the value came from the file.
bool settings_is_from_file(const struct settings *settings, const void *field);

// Whether a flag gave it, whatever else has it; a switch is on.
bool settings_is_from_flag(const struct settings *settings, const void *field);

// The field of the setting with this key, as the questions above take it; NULL: the command has none.
const void *settings_field(const struct settings *settings, const char *key);

// The path of the file that was read; NULL: none was.
const char *settings_file_path(const struct settings *settings);

// Whether somebody asked for it: the value is set, and a switch is on.
bool settings_is_given(const struct settings *settings, const void *field);

// Calls `each` with the key of every setting, in the table's order; its value as it was written, or the
// default, or NULL for neither; and where it was set, or NULL for the default.
void settings_each(const struct settings *settings,
                   void (*each)(void *context, const char *key, const char *text, const char *place),
                   void *context);

// The operand (an argument that is not a flag) at `index`, from 0. NULL when there are fewer.
const char *settings_operand(const struct settings *settings, int index);

#endif

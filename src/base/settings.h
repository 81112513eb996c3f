// Settings: a command's table gives its keys, defaults and help, and the fields of its own options that the
// values go into. Flags win over the environment, the environment over the file, the file over the default.
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
    SETTINGS_READY, // go on
    SETTINGS_DONE,  // --help was asked for and printed: exit 0
    SETTINGS_WRONG, // the error says what was wrong: exit 2
};

// Reads the command line, the environment and the file named by the SETTING_CONFIG entry, checks every value,
// and fills in the fields of `options`, the struct that the command's table is bound to. A setting without a
// value and without a default leaves 0 or NULL in its field. Texts belong to *settings, which the caller
// frees with settings_free (NULL unless READY). `--help` prints to standard output. Unknown keys of the file
// are kept for settings_warn, not refused. Errors name the file and line, or the flag or variable, the key
// and the reason. A variable that is empty counts as unset, and so does an empty text in the file.
enum settings_outcome settings_load(const struct settings_command *command, const struct command_line *line,
                                    void *options, struct settings **settings,
                                    struct error *error) MUST_CHECK;

// Logs a warning for each unknown key of the file: `action: config | result: fail | file: … | key: …`. Apart
// from settings_load, since the level of the log is a setting, and other lines come first.
void settings_warn(const struct settings *settings);

void settings_free(struct settings *settings);

// Asking about one setting, by the field that it is bound to: `field` points into the options that were
// filled in. A field without a setting is a bug, and aborts.

// The key of the setting: "STORE".
const char *settings_key(const struct settings *settings, const void *field);

// Where the value stands, for errors: "config.ini:3: STORE", "--store", "environment: STORE"; the key itself
// where the default holds.
const char *settings_place(const struct settings *settings, const void *field);

// The value as it was written (in the file, the environment or the flag), or the default; NULL without
// either.
const char *settings_written(const struct settings *settings, const void *field);

// Whether the value came from a flag, the environment or the file rather than from the default.
bool settings_is_set(const struct settings *settings, const void *field);

// Whether somebody asked for it: the value is set, and a switch is on.
bool settings_is_given(const struct settings *settings, const void *field);

// The operand (what is left without the flags) at `index`, from 0. NULL when there are fewer.
const char *settings_operand(const struct settings *settings, int index);

#endif

// Settings: one table tells a program's keys, defaults and help; flags win over the environment, the
// environment over the file, the file over the default.
#ifndef QUINIELA_BASE_SETTINGS_H
#define QUINIELA_BASE_SETTINGS_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum setting_type {
    SETTING_TEXT,
    SETTING_NUMBER,   // a whole number from `minimum` to `maximum`
    SETTING_LEVEL,    // a log level
    SETTING_DURATION, // "5s", "100ms", "0m20s", "1h30m" (units h, m, s, ms, us, ns; as Go writes them);
                      // fractions too
    SETTING_SIZE,     // of memory, from `minimum` bytes up: "256M", "256MiB", "1G", "65536" (K, M and G are
                      // powers of 1024)
    SETTING_SWITCH,   // a flag without a value; elsewhere true/false, yes/no, 1/0
    SETTING_CHOICE,   // one of the words of `choices`
    SETTING_CONFIG,   // the path of the file that settings are read from; only one in a table
};

enum settings_format { SETTINGS_NO_FILE, SETTINGS_INI, SETTINGS_YAML };

struct setting {
    unsigned commands; // which subcommands have it: their bits, or-ed
    const char *key;   // the environment's name and, in lower case with dashes and without "CLI_", the flag's
    const char *flag;  // the flag's name where it is another, else NULL
    const char *file_key; // the key in the file where it is not `key` (YAML: a dotted path), else NULL
    bool flag_only;       // neither read from the environment nor from a file
    enum setting_type type;
    int64_t minimum, maximum; // SETTING_NUMBER; the minimum of SETTING_SIZE, too
    const char *fallback;     // the default as it would be written, or NULL for none
    const char *value_name;   // what --help calls the value: "PORT"
    const char *help;
    const char *choices; // SETTING_CHOICE only: the words, a space between: "lottery echo"
    const char *alias;   // another name in the environment, or NULL
    char letter;         // the flag's short form ('o' for -o), or 0
    bool free_text;      // SETTING_TEXT that is no name of anything: quotes and `#` may be part of it
};

struct settings; // the values of one table

// What one subcommand is told with.
struct settings_command {
    const char *name;            // "server"
    const char *arguments;       // what --help shows behind the options, such as "N", or NULL
    const char *summary;         // one sentence
    const char *details;         // what --help says below the options, or NULL
    unsigned bit;                // which entries of the tables are this command's
    enum settings_format format; // of the file that its SETTING_CONFIG names
    unsigned file_commands;      // which commands read that file: their bits, or-ed with its own
    // The program's tables, up to a NULL; each ends with an entry whose key is NULL. A command's own entries
    // are those with its bit, in all of them.
    const struct setting *const *tables;
    int arguments_min, arguments_max; // how many operands it takes
};

enum settings_outcome {
    SETTINGS_READY, // go on
    SETTINGS_DONE,  // --help was asked for and printed: exit 0
    SETTINGS_WRONG, // the error says what was wrong: exit 2
};

// Reads the flags in argv[1 …], the environment and the file named by the SETTING_CONFIG entry, checks every
// value and puts the result into *settings, which the caller frees with settings_free (NULL unless READY).
// `--help` prints to standard output. Keys of the file that the table does not have are kept for
// settings_warn, not refused. Errors name the file and line, or the
// flag or variable, the key and the reason. A variable that is empty counts as unset, and so does an empty
// text in the file. The operands stay in argv, which getopt_long reorders.
enum settings_outcome settings_load(const struct settings_command *command, int argc, char **argv,
                                    struct settings **settings, struct error *error) MUST_CHECK;

// Logs a warning for each key of the file that the table does not have: `action: config | result: fail |
// file: … | key: …`. Apart from settings_load, since the level of the log is a setting, and the log has a
// first line.
void settings_warn(const struct settings *settings);

void settings_free(struct settings *settings);

// The value of `key` as it was written (in the file, the environment or the flag), or the default; NULL when
// the setting has neither. Asking for a key that the table does not have is a bug and aborts.
const char *settings_text(const struct settings *settings, const char *key);

// Where the value of `key` stands, for errors: "config.ini:3: STORE", "--store", "environment: STORE"; the
// key itself where the default holds.
const char *settings_place(const struct settings *settings, const char *key);

// The value of a SETTING_NUMBER. Aborts when it is not set and has no default: ask settings_is_set first.
int64_t settings_number(const struct settings *settings, const char *key);

// The value of a SETTING_SIZE in bytes. Aborts as settings_number does.
int64_t settings_size(const struct settings *settings, const char *key);

// The value of a SETTING_DURATION in milliseconds (rounded up). Aborts as settings_number does.
int64_t settings_duration_ms(const struct settings *settings, const char *key);

// Whether a SETTING_SWITCH is on.
bool settings_switch(const struct settings *settings, const char *key);

// Whether the value came from a flag, the environment or the file rather than from the default.
bool settings_is_set(const struct settings *settings, const char *key);

// Whether somebody asked for it: the value is set, and a switch is on.
bool settings_is_given(const struct settings *settings, const char *key);

// The operands (what is no flag), and how many.
int settings_argument_count(const struct settings *settings);
const char *settings_argument(const struct settings *settings, int index);

// Prints what `--help` prints.
void settings_print_help(const struct settings_command *command, FILE *stream);

#endif

// What the files of the settings share and nobody else sees.
#ifndef QUINIELA_BASE_SETTINGS_INTERNAL_H
#define QUINIELA_BASE_SETTINGS_INTERNAL_H

#include "base/settings.h"

enum {
    SETTINGS_MAX = 64,     // of one subcommand
    PLACE_BYTES_MAX = 220, // of where a value stands
};

// The later one wins.
enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG };

struct value {
    const struct setting *setting;
    enum origin origin;
    char *text;     // as written; NULL while the default holds
    char *place;    // where it stands: "config.ini:3: STORE"; NULL while the default holds
    int64_t number; // a number's value, a duration's milliseconds, a switch's 0 or 1
    int file_line;  // where the file has it, or 0
};

// A key of the file that is none of the command's.
struct unknown_key {
    struct unknown_key *next;
    int line;
    char key[];
};

struct settings {
    const struct settings_command *command;
    struct value values[SETTINGS_MAX];
    int count;
    char **arguments; // in the caller's argv
    int argument_count;
    const char *file; // that was read, or NULL
    struct unknown_key *unknown, **last_unknown;
};

// Keeps `text`, which stands at `place`, once it is checked; unless a stronger origin has spoken: what does
// not count is not looked at either. Of two of the same origin the later one is kept.
bool settings_take(const struct settings *settings, struct value *value, enum origin origin,
                   const char *place, const char *text, struct error *error) MUST_CHECK;

// Reads the file that the SETTING_CONFIG entry names; without one there is nothing to do. ERROR_BAD_SETTING
// with the file and line.
bool settings_read_file(struct settings *settings, struct error *error) MUST_CHECK;

#endif

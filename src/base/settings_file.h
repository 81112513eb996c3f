// Reading settings from the file that a command's SETTING_CONFIG names.
#ifndef QUINIELA_BASE_SETTINGS_FILE_H
#define QUINIELA_BASE_SETTINGS_FILE_H

#include "base/settings_values.h"

// A key in the file that the command does not have.
struct unknown_key {
    struct unknown_key *next;
    int line;
    char key[];
};

struct settings_file {
    const char *path; // NULL: no file was read
    struct unknown_key *unknown, **last_unknown;
};

// Reads the file, if one is named, and keeps the keys that are unknown to the command. `known` lists the
// program's commands up to a NULL, or is NULL: their keys are not mistaken for misspelled ones.
// ERROR_BAD_SETTING, with the file and line, for a misspelled key, and for a file without any known key: both
// would go unnoticed. Free *file with settings_file_clear in any case.
bool settings_file_read(struct settings_values *values, const struct settings_command *const *known,
                        struct settings_file *file, struct error *error) MUST_CHECK;

// Frees the unknown keys.
void settings_file_clear(struct settings_file *file);

#endif

// The names that a setting has in the several sources, and which settings a command has.
#ifndef QUINIELA_BASE_SETTING_NAME_H
#define QUINIELA_BASE_SETTING_NAME_H

#include "base/settings.h"

enum { FLAG_BYTES_MAX = 64 }; // of a flag's name

// Writes the flag's name without its dashes: CLI_DATA_DIR gives "data-dir".
void setting_flag_name(const struct setting *setting, char name[FLAG_BYTES_MAX]);

// The setting's key in a file, and whether the command's file may have it.
const char *setting_file_key(const struct setting *setting);
bool setting_is_in_file(const struct settings_command *command, const struct setting *setting);

// The command's own setting behind `setting` (NULL: its first one), in the tables' order; NULL behind the
// last.
const struct setting *setting_next(const struct settings_command *command, const struct setting *setting);

// Likewise among the settings of every command that the tables have.
const struct setting *setting_next_of_all(const struct settings_command *command,
                                          const struct setting *setting);

#endif

// A subcommand as the settings see it: its groups of settings, its operands, and the file it reads.
#ifndef QUINIELA_BASE_SETTINGS_COMMAND_H
#define QUINIELA_BASE_SETTINGS_COMMAND_H

#include "base/error.h"
#include "base/setting.h"

enum settings_format { SETTINGS_NO_FILE, SETTINGS_INI, SETTINGS_YAML };

// Settings that --help shows under one heading. Several commands can have the same group, each in a field of
// its own options.
struct setting_group {
    const char *title;              // NULL: "Options"
    const struct setting *settings; // ends with an entry whose key is NULL
    size_t offset;                  // of the settings' struct, within the command's options
};

// A group bound to the field `field`, of type `type`, of `options`. A field of another type does not compile.
#define SETTING_GROUP_IN(options, field, type, title_, settings_)                                            \
    {                                                                                                        \
        .title = (title_), .settings = (settings_),                                                          \
        .offset = offsetof(options, field) + 0 * sizeof(_Generic(SETTING_FIELD(options, field), type : 0))   \
    }

struct settings_command {
    const char *name;                       // "server"
    const char *arguments;                  // how --help shows the operands: "N"; or NULL
    const char *summary;                    // one sentence
    const char *details;                    // text that --help shows below the options, or NULL
    const struct setting_group *groups;     // in the order of --help; ends with one whose settings are NULL
    enum settings_format format;            // of the file that its SETTING_CONFIG names
    const struct settings_command *file_of; // whose file it reads, if not its own: that command's keys are
                                            // expected there; or NULL
    int arguments_min, arguments_max;       // how many operands it takes
};

// What a command was started with.
struct command_line {
    int argc;
    char **argv; // the command's name first; getopt_long reorders it
    const struct settings_command *const
        *known; // every command of the program, up to a NULL; or NULL for none
    // Called for each value that cannot be read, and each key that is wrong; the setting then stays as it
    // was, and the others are read. NULL: the first one fails the reading.
    void (*problem)(void *context, const struct error *error);
    void *problem_context;
};

// Whether the command reads this setting of its own from its file.
bool settings_command_has_in_file(const struct settings_command *command, const struct setting *setting);

// Whether a file for this command may have the key: the command reads it, or the command that owns the file
// does.
bool settings_command_expects(const struct settings_command *command, const char *file_key);

// Whether any of the commands has a setting of this name, in the environment or in a file.
bool settings_command_any_has(const struct settings_command *const *commands, const char *name);

#endif

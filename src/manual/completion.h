// What the completion of all shells has in common.
#ifndef QUINIELA_MANUAL_COMPLETION_H
#define QUINIELA_MANUAL_COMPLETION_H

#include "manual/value.h"

#include "base/settings_command.h"

#include <stdbool.h>
#include <stdio.h>

// Each prints a file that the shell reads, for all subcommands.
void completion_bash(FILE *stream);
void completion_zsh(FILE *stream);
void completion_fish(FILE *stream);

enum { COMPLETION_BYTES = 160 };

// A few words of a help text, in one line: its first sentence, or what stands before a colon or semicolon.
// Characters that are special between apostrophes or in brackets are left out.
void completion_words(const char *help, char words[COMPLETION_BYTES]);

// Whether the command takes the options of others, as `config` does; their names, separated by blanks, in
// `names`.
bool completion_of_others(const struct settings_command *command, char names[COMPLETION_BYTES]);

// Calls `print` for every such command, with those names; the first one is meant where none is named.
void completion_each_of_others(FILE *stream,
                               void (*print)(FILE *stream, const char *command, const char *names));

// The flag without dashes, and what it takes.
struct completed_flag {
    const struct setting *setting;
    char name[FLAG_BYTES_MAX];
    enum value_kind kind;
};

// Calls `each` for every flag of the command.
void completion_each_flag(FILE *stream, const struct settings_command *command,
                          void (*each)(FILE *stream, const struct settings_command *command,
                                       const struct completed_flag *flag));

#endif

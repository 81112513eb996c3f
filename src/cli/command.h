// What all subcommands have in common: they begin by loading their settings, and report an error in one line.
#ifndef QUINIELA_CLI_COMMAND_H
#define QUINIELA_CLI_COMMAND_H

#include "base/settings.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USE = 2 };

// Loads the command's settings into `options`, the struct that its table is bound to. True: continue, and
// free *settings at the end. False: the command is over, and its message has been printed; *status is the
// exit code, and *settings is NULL.
bool command_begin(const struct settings_command *command, const struct command_line *line, void *options,
                   struct settings **settings, int *status) MUST_CHECK;

// From now on the files that the program creates are readable by their owner only: they hold names, documents
// and dates of birth.
void command_keep_private(void);

// Whether the process may have enough file descriptors to start. ERROR_SYSTEM when not: libuv aborts a
// program that lacks one for its first pipe.
bool command_has_descriptors(struct error *error) MUST_CHECK;

// Prints `quiniela COMMAND: …` on standard error. Returns the exit code: 2 for ERROR_BAD_SETTING, else 1.
int command_fail(const struct settings_command *command, const struct error *error);

// Writes out what was printed on standard output. ERROR_SYSTEM when any of it was lost, even if what came
// later was written.
bool command_flush_output(struct error *error) MUST_CHECK;

// Raises the process's limit on file descriptors as far as allowed.
void command_raise_descriptor_limit(void);

#endif

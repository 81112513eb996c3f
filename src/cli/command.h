// What all subcommands do alike: begin with their settings, open the draw that they read, and say in one line
// what went wrong.
#ifndef QUINIELA_CLI_COMMAND_H
#define QUINIELA_CLI_COMMAND_H

#include "base/settings.h"
#include "store/store.h"

// Loads the command's settings. True: go on, and free *settings in the end. False: everything is said;
// *status is the exit code, and *settings NULL.
bool command_begin(const struct settings_command *command, int argc, char **argv, struct settings **settings,
                   int *status) MUST_CHECK;

// Whatever files the program makes from now on, only their owner may read: they hold names, documents and
// birth dates.
void command_keep_private(void);

// Whether the process may have enough file descriptors to begin with. ERROR_SYSTEM when not: libuv ends a
// program that has none left for its first pipe.
bool command_has_descriptors(struct error *error) MUST_CHECK;

// Prints `quiniela COMMAND: …` on standard error. Returns the exit code: 2 for ERROR_BAD_SETTING, else 1.
int command_fail(const struct settings_command *command, const struct error *error);

// Opens the store and the draw that STORE and DRAW name, to be read. On success the caller owns *store.
// ERROR_STORE_FAILED when there is no such store, or no such draw in it.
bool command_open_draw(const struct settings *settings, struct store **store, struct stored_draw *draw,
                       struct error *error) MUST_CHECK;

#endif

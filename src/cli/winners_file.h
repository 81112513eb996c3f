// The winners' documents in a file of their own (`quiniela client --winners-file`), one a line. The file is
// written whole or not at all: until the list is on the disk, what had that name before stays as it was.
#ifndef QUINIELA_CLI_WINNERS_FILE_H
#define QUINIELA_CLI_WINNERS_FILE_H

#include "cli/client_options.h"

#include <stddef.h>

// Whether the name is one for a list: a regular file, or none yet. True when the options name no list.
// ERROR_BAD_SETTING.
bool winners_file_check(const struct client_options *options, struct error *error) MUST_CHECK;

// Whether a new file can be made there (NULL: there is none to be made): found out before a bet leaves.
// ERROR_SYSTEM names it.
bool winners_file_try(const char *path, struct error *error) MUST_CHECK;

// Writes the documents, which are joined by commas, into the file `path`; none make an empty file.
// ERROR_SYSTEM names it.
bool winners_file_write(const char *path, const char *documents, size_t length,
                        struct error *error) MUST_CHECK;

#endif

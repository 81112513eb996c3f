// The files that `quiniela recount` writes: they take the place of nothing that it reads.
#ifndef QUINIELA_CLI_RECOUNT_FILES_H
#define QUINIELA_CLI_RECOUNT_FILES_H

#include "recount/recount.h"

struct recount_files {
    const char *json, *page; // paths; NULL: not wanted
};

// Whether both can be written, which is found out before anything is computed: they are two, none is a file
// that was given, and none is in the package's folder. ERROR_BAD_SETTING names the flag; ERROR_SYSTEM.
bool recount_files_check(const struct recount_files *files, const struct given *given,
                         struct error *error) MUST_CHECK;

// Writes them, each whole or not at all. ERROR_SYSTEM, ERROR_NO_MEMORY.
bool recount_files_write(const struct recount_files *files, const struct recount *recount,
                         struct error *error) MUST_CHECK;

#endif

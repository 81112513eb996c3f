// All manual pages and the completion of three shells, made into a folder.
#ifndef QUINIELA_MANUAL_MANUAL_H
#define QUINIELA_MANUAL_MANUAL_H

#include "base/error.h"

#include <stdint.h>

// What they are made of.
struct manual_given {
    const char *texts;    // the folder manual/: what is written by hand
    const char *protocol; // docs/protocol.md
    int64_t epoch_s; // the date on the pages, in seconds since 1970: the same source gives the same bytes
};

// Makes man1, man5, man7, quiniela.bash, quiniela.zsh and quiniela.fish in the folder, which is there; what
// has such a name is replaced. ERROR_BAD_SETTING for a command without a text of its own, and for a text
// without a command; ERROR_SYSTEM, ERROR_NO_MEMORY.
bool manual_make(const char *folder, const struct manual_given *given, struct error *error) MUST_CHECK;

#endif

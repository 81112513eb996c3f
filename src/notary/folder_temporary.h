// A file of a draw's folder while it is written: under a name that no other one has, and locked, so that
// nobody takes it for one that an interrupted run has left.
#ifndef QUINIELA_NOTARY_FOLDER_TEMPORARY_H
#define QUINIELA_NOTARY_FOLDER_TEMPORARY_H

#include "base/attributes.h"

#include <stdbool.h>

enum { FOLDER_NAME_BYTES_MAX = 120 }; // of a file in a draw's folder, with its NUL

struct folder_temporary {
    int file; // to be read and written
    char name[FOLDER_NAME_BYTES_MAX + 40];
};

// Makes an empty file (mode 0600) in the open folder `folder` that is to be `name`, at most
// FOLDER_NAME_BYTES_MAX bytes, and removes what interrupted runs have left of such files. False with errno
// set. The caller closes `file`, and gives it its name (folder_give_name) before that, or ends it with
// folder_temporary_drop.
bool folder_temporary_make(int folder, const char *name, struct folder_temporary *temporary) MUST_CHECK;

// Closes and removes it, if it still has its first name. Leaves errno as it is.
void folder_temporary_drop(int folder, struct folder_temporary *temporary);

#endif

// A file that gets its name once it is whole: until then it lies beside that name, under another.
#ifndef QUINIELA_STORE_UNFINISHED_H
#define QUINIELA_STORE_UNFINISHED_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>

// What the other name adds.
#define UNFINISHED_ENDING ".quiniela-unfinished"

struct unfinished {
    char name[PATH_MAX];  // that it is to get: absolute, and no link in it
    char other[PATH_MAX]; // that it has until then
    int file;             // a descriptor of it, or -1
};

// Removes what others have left unfinished in the folder of `name`, as they were killed, and makes an empty
// file that only its owner can read. The caller ends it with unfinished_end, even if this fails. All errors
// are ERROR_STORE_FAILED: something has that name already; or it is just being made by somebody else.
bool unfinished_begin(struct unfinished *unfinished, const char *name, struct error *error) MUST_CHECK;

// Syncs the file, and gives it its name, which it has after a power cut, too. Replaces nothing.
bool unfinished_finish(struct unfinished *unfinished, struct error *error) MUST_CHECK;

// Removes the file, unless it has been finished.
void unfinished_end(struct unfinished *unfinished);

#endif

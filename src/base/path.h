// Where a name leads. What is locked, watched or kept from being replaced is a file, not a name of it: so a
// name is followed once, and only what it leads to is used from there on.
#ifndef QUINIELA_BASE_PATH_H
#define QUINIELA_BASE_PATH_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

// Follows every link in `path`, also where the last one leads to nothing yet, and writes the absolute name of
// the file, free of links, into `resolved`. The file need not exist, its folder must.
// ERROR_SYSTEM, naming the path, when it leads nowhere, in a circle, to a folder's place ("x/"), or to a file
// that is there and has no name (a deleted one, by /proc/self/fd).
bool path_resolve(const char *path, char resolved[PATH_MAX], struct error *error) MUST_CHECK;

// Writes the folder of a resolved path into `folder`.
void path_folder(const char *resolved, char folder[PATH_MAX]);

// Whether both are the same file, whatever they are called.
bool path_is_same(const struct stat *one, const struct stat *other);

#endif

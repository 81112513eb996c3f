// Resolves file names. We lock, watch and protect files, not names. So a name is followed once, and from then
// on only the file it leads to is used.
#ifndef QUINIELA_BASE_PATH_H
#define QUINIELA_BASE_PATH_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

// Follows every link in `path`, even if the last one leads to nothing yet, and writes the file's absolute
// name, free of links, into `resolved`. The file need not exist, but its folder must. Fails with
// ERROR_SYSTEM, naming the path, when it leads nowhere, in a circle, or to where a folder should be ("x/").
// The same for an existing file without a name (a deleted one, through /proc/self/fd).
bool path_resolve(const char *path, char resolved[PATH_MAX], struct error *error) MUST_CHECK;

// Writes the folder of a resolved path into `folder`.
void path_folder(const char *resolved, char folder[PATH_MAX]);

// Syncs the folder of a resolved path, so that the names in it are on the disk. False with errno set.
bool path_sync_folder(const char *resolved) MUST_CHECK;

// The same, as far as it can be done: true where the folder may be written to and not read, and where a file
// system syncs no folder (EINVAL: fsync(2)).
bool path_sync_folder_if_able(const char *resolved) MUST_CHECK;

// The same for a folder that is open. False with errno set.
bool path_sync_open_if_able(int folder) MUST_CHECK;

// Gives a file another name in `folder` (AT_FDCWD: the names are paths), and replaces nothing. False with
// errno set: EEXIST when something has the new name already, and EOPNOTSUPP where the file system has neither
// renames that replace nothing nor links (VirtualBox' shared folders); the old one then stays.
bool path_give_name(int folder, const char *old, const char *name) MUST_CHECK;

// Whether both are the same file, under any names.
bool path_is_same(const struct stat *one, const struct stat *other);

#endif

// A file that is written whole or not at all: the data goes to a new file next to it, which is renamed at the
// end. Standard output, pipes and devices are written in place.
#ifndef QUINIELA_CLI_OUTPUT_FILE_H
#define QUINIELA_CLI_OUTPUT_FILE_H

#include "base/error.h"
#include "seal/hash.h"

#include <stddef.h>
#include <stdio.h>

struct output_file;

// Begins to write `path`; NULL or "-" means standard output. On success the caller owns *file and ends it
// with output_file_finish or output_file_drop; on failure it is NULL. A pipe that nobody reads is given a
// second, and is a failure then. ERROR_SYSTEM names the path, including
// a file that must not be replaced (output_target.h). The new file's mode follows the process's umask, but is
// no more open than the old file's. Until the file is ended, SIGTERM, SIGINT and SIGHUP are deferred. After
// one of them, output_file_write soon fails; the signal takes effect when the file is ended.
bool output_file_open(const char *path, struct output_file **file, struct error *error) MUST_CHECK;

// The same for what is to be a file: ERROR_BAD_SETTING when something else has the name, which is not opened
// (a pipe that nobody reads would keep its writer waiting).
bool output_file_open_whole(const char *path, struct output_file **file, struct error *error) MUST_CHECK;

// Writes `length` bytes, through a large buffer. After a failure (ERROR_SYSTEM) the file can only be dropped.
bool output_file_write(struct output_file *file, const void *bytes, size_t length,
                       struct error *error) MUST_CHECK;

// Writes all that `made`, a file that was written before, holds from its start; *hash is that of the bytes.
// After a failure (ERROR_SYSTEM), also when it cannot be read to its end, the file can only be dropped.
bool output_file_copy(struct output_file *file, FILE *made, struct hash *hash,
                      struct error *error) MUST_CHECK;

// Finishes the file: when this returns true, the data is on disk under its name. (In a folder that may not be
// read, or whose file system cannot sync it, the name is as durable as a rename.) On failure the new file is
// removed, and the old file is as it was; only if syncing the folder fails, the new file stays, and the error
// says so. Nulls the caller's pointer either way.
bool output_file_finish(struct output_file **file, struct error *error) MUST_CHECK;

// Gives up: removes the new file, and nulls the caller's pointer. Does nothing when that is NULL. What was
// written to standard output or a device stays there.
void output_file_drop(struct output_file **file);

#endif

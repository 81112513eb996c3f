// A file that is written whole or not at all: what is written goes to a new file beside it, which takes its
// name at the end. Standard output, pipes and devices are written as they are.
#ifndef QUINIELA_CLI_OUTPUT_FILE_H
#define QUINIELA_CLI_OUTPUT_FILE_H

#include "base/error.h"

#include <stddef.h>

struct output_file;

// Begins to write `path`; NULL or "-" means standard output. On success the caller owns *file and ends it
// with output_file_finish or output_file_drop; on failure it is NULL. ERROR_SYSTEM names the path; it may
// also be one that is not to be replaced (output_target.h). The new file may be read and written by whom the
// process's umask lets, and by nobody whom the old one shut out. Until the file is ended, SIGTERM, SIGINT and
// SIGHUP are put off, and then take their course: the new file does not stay.
bool output_file_open(const char *path, struct output_file **file, struct error *error) MUST_CHECK;

// Writes `length` bytes, through a large buffer. After a failure (ERROR_SYSTEM) the file can only be dropped.
bool output_file_write(struct output_file *file, const void *bytes, size_t length,
                       struct error *error) MUST_CHECK;

// Ends the writing: what was written is on the disk and has its name when this returns true. On failure
// nothing of it is left, and what the name stood for before is as it was. Nulls the caller's pointer either
// way.
bool output_file_finish(struct output_file **file, struct error *error) MUST_CHECK;

// Gives up: the new file goes, and nulls the caller's pointer. Does nothing when that is NULL. What
// went to standard output or a device stays there.
void output_file_drop(struct output_file **file);

#endif

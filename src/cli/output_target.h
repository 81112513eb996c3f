// What an output must not overwrite: a store, an audit log, or a file that another program has locked. A
// server that has such a file open would keep writing to the replaced one.
#ifndef QUINIELA_CLI_OUTPUT_TARGET_H
#define QUINIELA_CLI_OUTPUT_TARGET_H

#include "base/error.h"

#include <stdbool.h>

// Whether the file may be replaced by another. ERROR_SYSTEM, naming it as `shown`, when it is a database, a
// database's log or an audit log, or is locked (flock(2)), as a server's audit log is. `path` is already
// resolved.
bool output_target_check(const char *path, const char *shown, struct error *error) MUST_CHECK;

// Whether the file may be an audit log, as far as its beginning tells: one without a line's end would be
// taken for a record that was cut short. ERROR_BAD_SETTING, naming it as `shown`, when it is a database or a
// database's log. `path` is already resolved.
bool output_target_is_no_store(const char *path, const char *shown, struct error *error) MUST_CHECK;

// Whether an output to `path` (NULL or "-": standard output) leaves the store at `address` alone.
// ERROR_SYSTEM when it is one of the store's files under any name, or has the name of one.
bool output_target_apart(const char *path, const char *address, struct error *error) MUST_CHECK;

#endif

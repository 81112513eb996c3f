// Files that are made beside a store, or from it: their names, the room for them, and what is said when the
// system fails on one. All errors are ERROR_STORE_FAILED.
#ifndef QUINIELA_STORE_BESIDE_H
#define QUINIELA_STORE_BESIDE_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

// Writes `path` with `ending` behind it into `name`. Fails when that is too long.
bool beside_name(char name[PATH_MAX], const char *path, const char *ending, struct error *error) MUST_CHECK;

// Whether the disk of `path`, which is resolved, has room for so many more bytes. If not, the error names
// `shown`, and `what`, which needs them.
bool beside_has_room(const char *path, const char *shown, const char *what, uint64_t bytes,
                     struct error *error) MUST_CHECK;

// Sets `error` to errno's text, with the file's name and what could not be done. Always false.
bool beside_fail(const char *name, const char *what, struct error *error);

#endif

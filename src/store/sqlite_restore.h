// An SQLite store's files make way for a copy.
#ifndef QUINIELA_STORE_SQLITE_RESTORE_H
#define QUINIELA_STORE_SQLITE_RESTORE_H

#include "store/restoring.h"

// As store_restore.
bool sqlite_restore(const char *path, store_make_copy make, void *context, struct store_restored *restored,
                    struct error *error) MUST_CHECK;

#endif

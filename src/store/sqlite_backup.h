// A copy of an SQLite store, made while a server works on it.
#ifndef QUINIELA_STORE_SQLITE_BACKUP_H
#define QUINIELA_STORE_SQLITE_BACKUP_H

#include "store/backing_up.h"

struct store;

// As store_backup, of an SQLite store that has just been opened for reading.
bool sqlite_backup(struct store *store, const char *to, const struct store_backup *backup,
                   struct store_backed_up *done, struct error *error) MUST_CHECK;

// As store_each_draw_name, of an SQLite store that has just been opened for reading.
bool sqlite_each_draw_name(struct store *store, store_each_name each, void *context,
                           struct error *error) MUST_CHECK;

#endif

// Copying a store while a server works on it.
#ifndef QUINIELA_STORE_BACKUP_H
#define QUINIELA_STORE_BACKUP_H

#include "store/backing_up.h"

// Copies the store at `address`, as it is at one moment, into a new file `to`, which is a store, too. It gets
// that name only when it is whole, has been checked, and is on the disk. ERROR_STORE_FAILED, and there is no
// such file: something has that name already, there is no room (the message says how much is missing), or
// the store is damaged. ERROR_BAD_SETTING: stores of this kind are copied by other means.
bool store_backup(const char *address, const char *to, const struct store_backup *backup,
                  struct store_backed_up *done, struct error *error) MUST_CHECK;

// Calls `each` with the name of each draw of the store at `address`, by name. False when that returns false.
// Errors as store_open.
bool store_each_draw_name(const char *address, store_each_name each, void *context,
                          struct error *error) MUST_CHECK;

#endif

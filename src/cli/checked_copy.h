// Copies a store and checks the copy, as `quiniela check` does, draw by draw, and says how far it is.
#ifndef QUINIELA_CLI_CHECKED_COPY_H
#define QUINIELA_CLI_CHECKED_COPY_H

#include "store/backup.h"

// As store_backup.
bool checked_copy(const char *address, const char *to, struct store_backed_up *done,
                  struct error *error) MUST_CHECK;

#endif

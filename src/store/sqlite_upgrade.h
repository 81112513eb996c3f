// Upgrading an SQLite store: a changed copy takes its place.
#ifndef QUINIELA_STORE_SQLITE_UPGRADE_H
#define QUINIELA_STORE_SQLITE_UPGRADE_H

#include "store/upgrading.h"

// As store_upgrade.
bool sqlite_upgrade(const char *path, const struct store_upgrade *upgrade, struct store_upgraded *upgraded,
                    struct error *error) MUST_CHECK;

#endif

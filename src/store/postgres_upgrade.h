// Upgrading a PostgreSQL store: its tables are renamed first, so that no server uses them any more, and then
// copied into new ones.
#ifndef QUINIELA_STORE_POSTGRES_UPGRADE_H
#define QUINIELA_STORE_POSTGRES_UPGRADE_H

#include "store/upgrading.h"

// As store_upgrade. Several servers may do it at the same time: they share the work. While the tables are
// being copied their version is that of before, negative.
bool postgres_upgrade(const char *address, const struct store_upgrade *upgrade,
                      struct store_upgraded *upgraded, struct error *error) MUST_CHECK;

#endif

// Making a store of the version that this program knows out of an older one.
#ifndef QUINIELA_STORE_UPGRADE_H
#define QUINIELA_STORE_UPGRADE_H

#include "store/upgrading.h"

// Upgrades the store at `address`, one version after another. What an earlier attempt has done is not done
// again. Until everything that was made has been checked, the store stays as it was, but for the log of a
// file, which is moved into it; it stays whole at every moment. Errors: ERROR_STORE_FAILED when it is of a
// version that this program does not know, is damaged, or is in use; or there is no room (the message says
// how much is missing); ERROR_STORE_AWAY when it cannot be reached.
bool store_upgrade(const char *address, const struct store_upgrade *upgrade, struct store_upgraded *upgraded,
                   struct error *error) MUST_CHECK;

#endif

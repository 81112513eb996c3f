// The version of a store's tables: one number for all kinds. Each change of the tables of any kind takes the
// next one, and adds a step to the upgrade.
#ifndef QUINIELA_STORE_VERSION_H
#define QUINIELA_STORE_VERSION_H

#include "base/error.h"

#include <stdint.h>

#define STORE_VERSION 5

enum { STORE_VERSION_OLDEST = 2 }; // from which there is an upgrade

// What is said of tables of another version. Each sets ERROR_STORE_OLDER where an upgrade helps and otherwise
// ERROR_STORE_FAILED, and returns false. `place` is the store for people. `address` is the store as `quiniela
// upgrade` is to be given it: it is quoted for a shell and never cut; one that is too long to be said is
// called STORE.

bool store_version_older(const char *place, const char *address, int64_t version, struct error *error);

// An upgrade from `version` has begun and not ended.
bool store_version_halfway(const char *place, const char *address, int64_t version, struct error *error);

bool store_version_newer(const char *place, int64_t version, struct error *error);

#endif

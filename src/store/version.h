// The version of a store's tables: one number for all kinds. Each change of the tables of any kind takes the
// next one, and adds a step to the upgrade.
#ifndef QUINIELA_STORE_VERSION_H
#define QUINIELA_STORE_VERSION_H

#include <inttypes.h>

#define STORE_VERSION 4

// What is said of tables of another version. Both take the store, its version and STORE_VERSION; the first
// one then takes the store as the command is to be given it.
#define STORE_OLDER                                                                                          \
    "%.100s: its tables are of version %" PRId64                                                             \
    ", this program knows version %d: \"quiniela upgrade %.100s\" upgrades it, and so does the start of a "  \
    "server with UPGRADE=yes"
// Takes the store and its version.
#define STORE_HALFWAY                                                                                        \
    "%.100s: an upgrade of its tables from version %" PRId64                                                 \
    " has begun and not ended: \"quiniela upgrade STORE\" goes on with it, if none is at work"
#define STORE_NEWER                                                                                          \
    "%.100s: its tables are of version %" PRId64                                                             \
    ", this program knows version %d: use the program that made them, or name another store"

#endif

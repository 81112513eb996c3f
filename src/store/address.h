// What can be said of a store before it is opened, by its address alone.
#ifndef QUINIELA_STORE_ADDRESS_H
#define QUINIELA_STORE_ADDRESS_H

#include "base/error.h"
#include "store/opening.h"

#include <stddef.h>
#include <stdint.h>

enum { STORE_ADDRESS_BYTES = 256, STORE_PORTS_MAX = 32 };

struct store_kind;

// The kind of the store at `address` (backend.h). Every address has one.
const struct store_kind *store_kind_of(const char *address);

// Whether `address` can be one; ERROR_BAD_SETTING when not, as with what would be kept in memory. Whether
// anything is there is seen by opening it.
bool store_check_address(const char *address, struct error *error) MUST_CHECK;

// Writes the address into `text` as it may be shown to anyone: without a password.
void store_show_address(const char *address, char text[STORE_ADDRESS_BYTES]);

// Overwrites an address that has a password in it with asterisks.
void store_conceal_address(char *address);

// Calls `each` for the paths that a store at `address` is opened with: those of its own folder and files,
// which are written, and those of others, such as a database's certificates, which are only read. They need
// not be there.
void store_paths(const char *address, store_each_path each, void *context);

// What a file is that begins with these bytes (STORE_BEGINNING_BYTES of them, fewer where it is shorter),
// such as "a database". NULL: not a store's file.
const char *store_file_begins(const char *bytes, size_t length);

// What a store needs of a sandbox, beside its paths.
struct store_needs {
    bool connects; // it is reached over a network, or a socket
    // The TCP ports that it connects to. None where it connects: they cannot be told beforehand (a service
    // file may name them), and any port may be meant.
    uint16_t ports[STORE_PORTS_MAX];
    size_t port_count;
};

// Finds out what the store at `address` needs.
void store_needs(const char *address, struct store_needs *needs);

// Once `descriptor` is readable, every wait for a database ends soon, with ERROR_STORE_AWAY. -1: no
// descriptor is watched.
void store_interrupt_on(int descriptor);

#endif

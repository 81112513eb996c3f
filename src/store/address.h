// Facts about a store that follow from its address alone, before it is opened.
#ifndef QUINIELA_STORE_ADDRESS_H
#define QUINIELA_STORE_ADDRESS_H

#include "base/error.h"
#include "store/opening.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_ADDRESS_BYTES = 256, STORE_PLAIN_BYTES = 1024, STORE_PORTS_MAX = 32 };

struct store_kind;

// The kind of the store at `address` (backend.h). Every address has one.
const struct store_kind *store_kind_of(const char *address);

// Whether `address` is well formed. ERROR_BAD_SETTING when not, as for a store that would be kept in memory.
// Only opening it shows whether a store exists there.
bool store_check_address(const char *address, struct error *error) MUST_CHECK;

// Writes the address into `text` in a form that anyone may see: without a password.
void store_show_address(const char *address, char text[STORE_ADDRESS_BYTES]);

// Writes what of the address says which store it is, always in the same form: with what the environment adds,
// without a password. "" for a store in a file, whose name says it (store_file), and where there is no room.
void store_plain_address(const char *address, char text[STORE_PLAIN_BYTES]);

// Overwrites an address that contains a password with asterisks.
void store_conceal_address(char *address);

// Calls `each` for the paths that a store at `address` needs. Its own folder and files are written; those of
// others, such as a database's certificates, are only read. They need not exist.
void store_paths(const char *address, store_each_path each, void *context);

// Writes the absolute name of the file that a store at `address` is in, free of links, into `path`; "" when
// it is not in a file. Fails with ERROR_SYSTEM as path_resolve does.
bool store_file(const char *address, char path[PATH_MAX], struct error *error) MUST_CHECK;

// Names the kind of file that begins with these bytes (STORE_BEGINNING_BYTES of them, fewer where the file
// is shorter), such as "a database". NULL: not a store's file.
const char *store_file_begins(const char *bytes, size_t length);

// What a store needs from a sandbox, besides its paths.
struct store_needs {
    bool connects; // it is reached over a network, or a socket
    // The TCP ports that it connects to. If it connects and lists none, they cannot be known beforehand (a
    // service file may name them), and any port may be used.
    uint16_t ports[STORE_PORTS_MAX];
    size_t port_count;
};

// Finds out the needs of the store at `address`.
void store_needs(const char *address, struct store_needs *needs);

// Once `descriptor` is readable, every wait for a database ends soon, with ERROR_STORE_AWAY. -1: no
// descriptor is watched.
void store_interrupt_on(int descriptor);

#endif

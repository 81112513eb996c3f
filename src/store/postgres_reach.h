// What a connection to the database needs from this machine: the files that libpq reads, and the ports that
// it connects to.
#ifndef QUINIELA_STORE_POSTGRES_REACH_H
#define QUINIELA_STORE_POSTGRES_REACH_H

#include "store/opening.h"

#include <stddef.h>
#include <stdint.h>

// As `paths` and `ports` in backend.h.
void postgres_paths(const char *address, store_each_path each, void *context);
bool postgres_ports(const char *address, uint16_t *ports, size_t room, size_t *count);

#endif

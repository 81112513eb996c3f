// What a connection to the database needs of this machine: the files that libpq reads, and the ports that it
// connects to.
#ifndef QUINIELA_STORE_POSTGRES_REACH_H
#define QUINIELA_STORE_POSTGRES_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// As store_paths.
void postgres_paths(const char *address, void (*each)(void *context, const char *path, bool is_written),
                    void *context);

// As store_ports.
bool postgres_ports(const char *address, uint16_t *ports, size_t room, size_t *count);

#endif

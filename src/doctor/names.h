// Looking names up, all at the same time and for a limited time.
#ifndef QUINIELA_DOCTOR_NAMES_H
#define QUINIELA_DOCTOR_NAMES_H

#include "agency/address.h"

#include <netdb.h>

// A name, and what came of it.
struct name {
    const char *host;
    char port[8];
    int failure;            // libuv's, UV_ETIMEDOUT when nothing came in time; 0: found
    struct addrinfo *found; // NULL on failure
};

// Looks each of them up. names_free frees what was found.
void names_look_up(struct name *names, size_t count, uint64_t wait_ms);

void names_free(struct name *names, size_t count);

#endif

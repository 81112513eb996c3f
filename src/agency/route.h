// Which of the central's servers an agency tries next. The order is random, so that agencies spread over the
// servers; when a server fails, its agencies spread over the others.
#ifndef QUINIELA_AGENCY_ROUTE_H
#define QUINIELA_AGENCY_ROUTE_H

#include "agency/address.h"
#include "agency/limits.h"

#include <stdbool.h>
#include <stdint.h>

struct route {
    const struct addresses *addresses;
    uint32_t order[ADDRESSES_MAX];
    uint32_t at;     // in `order`: the server in use
    uint32_t failed; // how many have failed since one was good
    uint64_t random; // state of the generator
};

// A route over `addresses`, which must outlive it. The same seed gives the same order.
void route_init(struct route *route, const struct addresses *addresses, uint64_t seed);

// The server to use.
const struct address *route_here(const struct route *route);

// Records that the server has failed, and moves on to the next one. Returns whether the next one has not
// failed since the last good server. When all have failed, they are tried in a new order.
bool route_next(struct route *route);

// Records that the server is good.
void route_good(struct route *route);

#endif

#include "agency/route.h"

#include "base/random.h"

static void shuffle(struct route *route) {
    for (uint32_t left = route->addresses->count; left > 1; left--) {
        uint32_t chosen = random_below(&route->random, left), last = route->order[left - 1];
        route->order[left - 1] = route->order[chosen];
        route->order[chosen] = last;
    }
    route->at = 0;
}

void route_init(struct route *route, const struct addresses *addresses, uint64_t seed) {
    *route = (struct route){.addresses = addresses, .random = seed};
    for (uint32_t i = 0; i < addresses->count; i++) {
        route->order[i] = i;
    }
    shuffle(route);
}

const struct address *route_here(const struct route *route) {
    return &route->addresses->list[route->order[route->at]];
}

bool route_next(struct route *route) {
    route->failed++;
    if (route->failed < route->addresses->count) {
        route->at = (route->at + 1) % route->addresses->count;
        return true;
    }
    route->failed = 0;
    shuffle(route);
    return false;
}

void route_good(struct route *route) {
    route->failed = 0;
}

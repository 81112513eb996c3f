// The internals of a net: what all loops share, and the loops.
#ifndef QUINIELA_NET_NET_PARTS_H
#define QUINIELA_NET_NET_PARTS_H

#include "net/loop.h"

struct net {
    struct ports ports;
    struct trust trust;
    struct peers *peers;
    struct capacity capacity;
    struct neighbours neighbours;
    struct memory_pool memory_pool;
    int backlog;
    struct loop *loops;
    int loop_count;
};

#endif

// What loops ask of each other: to close one of their connections so that another has room, and to hold less
// memory. Any loop's thread may use it.
#ifndef QUINIELA_NET_NEIGHBOURS_H
#define QUINIELA_NET_NEIGHBOURS_H

#include "net/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

// What a loop lacks that has somebody to accept: a place within the capacity, or something of the system's.
enum wants_room { WANTS_NOTHING, WANTS_PLACE, WANTS_DESCRIPTOR };

struct neighbour {
    uv_async_t *wake; // the loop's; it exists as long as any loop runs
    struct memory *memory;
    atomic_int wants_room; // enum wants_room: one of the others is to close a connection for it
    atomic_bool relief_asked;
};

struct neighbours {
    int count;
    struct neighbour *all; // by the loop's index
};

// Loop `index` lacks that: wakes the others, until one has granted it or it is forgotten.
void neighbours_ask_room(struct neighbours *neighbours, int index, enum wants_room wanted);
void neighbours_forget_room(struct neighbours *neighbours, int index);

// What loop `index` lacks.
enum wants_room neighbours_wanted(const struct neighbours *neighbours, int index);

// One of those that could grants loop `index` what it wants, and wakes it. False when another one has, or
// when it wants something else now.
bool neighbours_grant_room(struct neighbours *neighbours, int index, enum wants_room wanted);

// Asks every loop that holds its share of the memory to hold less.
void neighbours_ask_relief(struct neighbours *neighbours);

// Whether loop `index` has been asked since the last time.
bool neighbours_take_relief(struct neighbours *neighbours, int index);

#endif

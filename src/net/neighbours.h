// Requests between loops: to close a connection so that another loop has room, and to hold less memory. Any
// loop's thread may call these functions.
#ifndef QUINIELA_NET_NEIGHBOURS_H
#define QUINIELA_NET_NEIGHBOURS_H

#include "net/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

// What a loop lacks to accept a connection: a place within the capacity, or a resource of the system.
enum wants_room { WANTS_NOTHING, WANTS_PLACE, WANTS_DESCRIPTOR };

struct neighbour {
    uv_async_t *wake; // the loop's; its memory outlives every loop; it is closed when its own loop ends
    struct memory *memory;
    atomic_int wants_room; // enum wants_room: another loop should close a connection for it
    atomic_bool relief_asked;
};

struct neighbours {
    int count;
    struct neighbour *all; // by the loop's index
};

// Loop `index` lacks `wanted`: wakes the others. The request stands until another loop grants it, or until
// neighbours_forget_room.
void neighbours_ask_room(struct neighbours *neighbours, int index, enum wants_room wanted);
void neighbours_forget_room(struct neighbours *neighbours, int index);

// What loop `index` lacks.
enum wants_room neighbours_wanted(const struct neighbours *neighbours, int index);

// Grants loop `index` what it wants, and wakes it. False when another loop has already done so, or when it
// now wants something else.
bool neighbours_grant_room(struct neighbours *neighbours, int index, enum wants_room wanted);

// Asks every loop that holds its share of the memory to hold less.
void neighbours_ask_relief(struct neighbours *neighbours);

// Whether loop `index` has been asked for relief since the last call.
bool neighbours_take_relief(struct neighbours *neighbours, int index);

#endif

#include "net/neighbours.h"

void neighbours_ask_room(struct neighbours *neighbours, int index, enum wants_room wanted) {
    atomic_store(&neighbours->all[index].wants_room, wanted);
    for (int i = 0; i < neighbours->count; i++) {
        if (i != index) {
            uv_async_send(neighbours->all[i].wake);
        }
    }
}

void neighbours_forget_room(struct neighbours *neighbours, int index) {
    atomic_store(&neighbours->all[index].wants_room, WANTS_NOTHING);
}

enum wants_room neighbours_wanted(const struct neighbours *neighbours, int index) {
    return (enum wants_room)atomic_load(&neighbours->all[index].wants_room);
}

bool neighbours_grant_room(struct neighbours *neighbours, int index, enum wants_room wanted) {
    struct neighbour *neighbour = &neighbours->all[index];
    int expected = wanted;
    if (!atomic_compare_exchange_strong(&neighbour->wants_room, &expected, WANTS_NOTHING)) {
        return false;
    }
    uv_async_send(neighbour->wake);
    return true;
}

void neighbours_ask_relief(struct neighbours *neighbours) {
    for (int i = 0; i < neighbours->count; i++) {
        struct neighbour *neighbour = &neighbours->all[i];
        if (memory_has_its_share(neighbour->memory) && !atomic_exchange(&neighbour->relief_asked, true)) {
            uv_async_send(neighbour->wake);
        }
    }
}

bool neighbours_take_relief(struct neighbours *neighbours, int index) {
    return atomic_exchange(&neighbours->all[index].relief_asked, false);
}

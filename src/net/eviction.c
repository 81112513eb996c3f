#include "net/eviction.h"

#include "net/ending.h"
#include "net/limits.h"
#include "net/stage.h"

enum { IDLE_SAFE_MS = 30000 }; // an agency may spend this long between two chunks

// Of the connections counted at one place, the one that would be missed least. First those that have not
// proved their identity, then those that have sent nothing, are half-way through a message, have nothing to
// say, or do not read; last those at work or waiting for the draw. Within each kind, the one that has waited
// longest. NULL when the loop has none but `spared`.
static struct connection *least_missed(const struct connections *all, uint64_t number,
                                       const struct connection *spared) {
    static const enum watch_kind kinds[] = {WATCH_HANDSHAKE, WATCH_TURN, WATCH_SILENT,  WATCH_OPENING,
                                            WATCH_MESSAGE,   WATCH_IDLE, WATCH_SENDING, WATCH_BUSY};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (struct connection *connection = stage_first(all, kinds[i]); connection != NULL;
             connection = stage_next(connection, kinds[i])) {
            if (peers_number(connection->place) == number && connection != spared) {
                return connection;
            }
        }
    }
    return NULL;
}

// The capacity is full: the peer with the most connections loses one.
static struct connection *of_whoever_has_most(const struct connections *all) {
    struct connection *lingering = stage_first(all, WATCH_LINGER); // nobody waits for it any longer
    return lingering != NULL ? lingering : least_missed(all, peers_with_most(all->peers), NULL);
}

// The capacity is not full, yet the system has nothing left to accept with. Closing a connection may not
// help, so nobody's work is given up for it. First connections that nobody waits for any longer, then those
// that have not proved their identity or sent a whole message, then those that have long been idle.
static struct connection *stranger(const struct connections *all) {
    static const enum watch_kind strangers[] = {WATCH_LINGER, WATCH_HANDSHAKE, WATCH_TURN, WATCH_SILENT,
                                                WATCH_OPENING};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        struct connection *oldest = stage_first(all, strangers[i]);
        if (oldest != NULL) {
            return oldest;
        }
    }
    struct connection *idle = stage_first(all, WATCH_IDLE);
    return idle != NULL && watch_waited_ms(&all->watch, &idle->link) >= IDLE_SAFE_MS ? idle : NULL;
}

// The connection this loop can close for what is wanted. NULL when a place was wanted and there is one again.
static struct connection *in_place_of(const struct connections *all, enum wants_room wanted) {
    if (wanted == WANTS_NOTHING) {
        return NULL;
    }
    if (capacity_is_full(all->capacity)) {
        return of_whoever_has_most(all);
    }
    return wanted == WANTS_DESCRIPTOR ? stranger(all) : NULL;
}

bool eviction_make_room(struct connections *all, enum wants_room wanted) {
    struct connection *connection = in_place_of(all, wanted);
    if (connection != NULL) {
        ending_evict(connection, CLOSE_NO_ROOM);
    }
    return connection != NULL || (wanted == WANTS_PLACE && !capacity_is_full(all->capacity));
}

void eviction_help_neighbours(struct connections *all) {
    for (int i = 0; i < all->neighbours->count; i++) {
        enum wants_room wanted = neighbours_wanted(all->neighbours, i);
        struct connection *connection = i == all->index ? NULL : in_place_of(all, wanted);
        // Of all loops that could, only one closes a connection.
        if (connection != NULL && neighbours_grant_room(all->neighbours, i, wanted)) {
            ending_evict(connection, CLOSE_NO_ROOM);
        }
    }
}

void eviction_limit_peer(const struct connection *connection) {
    struct connections *all = connection->all;
    if (peers_count(all->peers, connection->place) > CONNECTIONS_PROVEN_MAX) {
        struct connection *other = least_missed(all, peers_number(connection->place), connection);
        if (other != NULL) {
            ending_evict(other, CLOSE_NO_ROOM);
        }
    }
}

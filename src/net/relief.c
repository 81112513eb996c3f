#include "net/relief.h"

#include "net/ending.h"
#include "net/holding.h"
#include "net/stage.h"

#include <assert.h>

// The order in which connections are closed: those that nobody waits for any longer; those that have not sent
// a whole message; those that do not read; those half-way through a message; those that only wait; last,
// those at work.
static const enum watch_kind order[] = {WATCH_LINGER,  WATCH_TURN,    WATCH_HANDSHAKE,
                                        WATCH_SILENT,  WATCH_OPENING, WATCH_SENDING,
                                        WATCH_MESSAGE, WATCH_IDLE,    WATCH_BUSY};
static_assert(sizeof order / sizeof order[0] == WATCH_KINDS, "all kinds have their place");

// What closing connections would free.
struct reclaimable {
    size_t most;       // of one of them
    size_t total;      // of all
    size_t handshakes; // of those that are in a handshake, or wait for their turn in it
};

static struct reclaimable look(const struct connections *all, const struct connection *asking) {
    struct reclaimable found = {.total = 0};
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        bool is_handshake = kind == WATCH_TURN || kind == WATCH_HANDSHAKE;
        for (const struct connection *connection = stage_first(all, (enum watch_kind)kind);
             connection != NULL; connection = stage_next(connection, (enum watch_kind)kind)) {
            size_t bytes = connection == asking ? 0 : holding_reclaimable(connection);
            found.most = bytes > found.most ? bytes : found.most;
            found.total += bytes;
            found.handshakes += is_handshake ? bytes : 0;
        }
    }
    return found;
}

// Closes connections of one kind that hold at least `much`, except `asking`, until all loops together hold at
// most `goal`. Returns whether they do.
static bool close_kind(struct connections *all, enum watch_kind kind, const struct connection *asking,
                       size_t much, size_t goal) {
    struct connection *next = stage_first(all, kind);
    for (struct connection *connection; (connection = next) != NULL;) {
        next = stage_next(connection, kind);
        if (connection != asking && holding_reclaimable(connection) >= much) {
            ending_for_memory(connection);
            if (memory_held_by_all(&all->memory) <= goal) {
                return true;
            }
            next = stage_next_after_change(all, kind, next);
        }
    }
    return false;
}

// Closes the connections that hold at least half of what the largest one holds. False when none holds
// anything. Handshakes are small: where together they hold most of it, they go instead, lest a flood of them
// closes whoever sends a large message.
static bool close_greatest(struct connections *all, const struct connection *asking, size_t goal) {
    struct reclaimable found = look(all, asking);
    bool reached = false;
    if (found.handshakes > found.total / 2) {
        (void)(close_kind(all, WATCH_TURN, asking, 1, goal) ||
               close_kind(all, WATCH_HANDSHAKE, asking, 1, goal));
        return true;
    }
    for (int i = 0; i < WATCH_KINDS && found.most > 0 && !reached; i++) {
        reached = close_kind(all, order[i], asking, (found.most + 1) / 2, goal);
    }
    return found.most > 0;
}

static void relieve(struct connections *all, const struct connection *asking) {
    const struct memory *memory = &all->memory;
    spares_free(&all->spares);
    while (memory_held_by_all(memory) > memory_low(memory) && memory_has_its_share(memory)) {
        if (!close_greatest(all, asking, memory_low(memory))) {
            break;
        }
    }
}

bool relief_make(struct connections *all, const struct connection *asking, size_t bytes) {
    struct memory *memory = &all->memory;
    if (memory_is_short(memory)) {
        memory_trim(memory, uv_now(all->uv));
    }
    if (memory_held_by_all(memory) + bytes <= memory_high(memory)) {
        return true;
    }
    relieve(all, asking);
    if (memory_held_by_all(memory) + bytes > memory_high(memory)) {
        neighbours_ask_relief(all->neighbours);
    }
    size_t max = memory_max(memory);
    while (memory_held_by_all(memory) + bytes > max) {
        if (bytes > max || !close_greatest(all, asking, max - bytes)) {
            return false;
        }
    }
    return true;
}

void relief_bound(struct connections *all) {
    if (memory_held_by_all(&all->memory) > memory_high(&all->memory)) {
        (void)relief_make(all, NULL, 0);
    }
}

void relief_if_asked(struct connections *all) {
    if (neighbours_take_relief(all->neighbours, all->index)) {
        relieve(all, NULL);
    }
}

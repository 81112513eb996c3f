// What is held for peers, on all loops together: half-read messages, messages that the service has not done
// with, and answers that have not left. It stays below net_options.memory_max: when it comes near, those that
// hold most are closed, of them first those that have been in the way for longest. An honest agency's
// messages pass in a moment.
#include "net/connection_parts.h"

#include "base/heap.h"

#include <assert.h>

enum { TRIM_EVERY_MS = 100 }; // of the heap, at most, while memory is short

static size_t held_by_all(const struct net *net) {
    return atomic_load_explicit(&net->held, memory_order_relaxed);
}

static size_t held_by(const struct loop *loop) {
    return atomic_load_explicit(&loop->held, memory_order_relaxed);
}

// From there on room is made, and up to there.
static size_t high(const struct net *net) {
    return net->memory_max - net->memory_max / 8;
}

static size_t low(const struct net *net) {
    return net->memory_max - net->memory_max / 4;
}

size_t loop_memory_share(const struct loop *loop) {
    return loop->net->memory_max / (size_t)loop->net->loop_count;
}

bool memory_is_short(const struct loop *loop) {
    return held_by_all(loop->net) > loop->net->memory_max / 2;
}

// A change for the worse wraps around, and so does the sum.
void memory_add(struct loop *loop, size_t change) {
    atomic_fetch_add_explicit(&loop->held, change, memory_order_relaxed);
    atomic_fetch_add_explicit(&loop->net->held, change, memory_order_relaxed);
}

void memory_count(struct connection *connection) {
    size_t now =
        input_held(&connection->in) + connection->out.kept + connection->queued.kept + connection->charged;
    if (now != connection->counted) {
        memory_add(connection->loop, now - connection->counted);
        connection->counted = now;
    }
}

void connection_charge(struct connection *connection, size_t bytes) {
    connection->charged += bytes;
    memory_count(connection);
}

void connection_refund(struct connection *connection, size_t bytes) {
    connection->charged -= bytes;
    memory_count(connection);
}

// Closing it frees that at once; what the service was charged for it goes on with.
static size_t reclaimable(const struct connection *connection) {
    return connection->counted - connection->charged;
}

// What nobody waits for any more; then who has not said anything whole yet; then who does not read, who is
// half-way through a message, who only waits, and in the end who is at work.
static const enum watch_kind order[] = {WATCH_LINGER,  WATCH_TURN,    WATCH_HANDSHAKE,
                                        WATCH_SILENT,  WATCH_OPENING, WATCH_SENDING,
                                        WATCH_MESSAGE, WATCH_IDLE,    WATCH_BUSY};
static_assert(sizeof order / sizeof order[0] == WATCH_KINDS, "all kinds have their place");

static size_t most_reclaimable(const struct loop *loop, const struct connection *asking) {
    size_t most = 0;
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        const struct watch_link *head = &loop->watch.lists[kind];
        for (struct watch_link *link = head->next; link != head; link = link->next) {
            const struct connection *connection = connection_of(link);
            if (connection != asking && reclaimable(connection) > most) {
                most = reclaimable(connection);
            }
        }
    }
    return most;
}

// Closes those that hold at least half of what the greatest holds, but for `asking`, until all loops together
// hold no more than `goal`. False when there is none.
static bool close_greatest(struct loop *loop, const struct connection *asking, size_t goal) {
    size_t most = most_reclaimable(loop, asking);
    for (int i = 0; i < WATCH_KINDS && most > 0; i++) {
        const struct watch_link *head = &loop->watch.lists[order[i]];
        for (struct watch_link *link = head->next, *next; link != head; link = next) {
            struct connection *connection = connection_of(link);
            next = link->next;
            if (connection != asking && reclaimable(connection) >= (most + 1) / 2) {
                guard_close(connection, CLOSE_NO_MEMORY);
                if (held_by_all(loop->net) <= goal) {
                    return true;
                }
            }
        }
    }
    return most > 0;
}

static bool has_its_share(const struct loop *loop) {
    size_t share = loop_memory_share(loop);
    return held_by(loop) >= share - share / 4;
}

// Each closes its own connections.
static void ask_others(struct net *net) {
    for (int i = 0; i < net->loop_count; i++) {
        struct loop *other = &net->loops[i];
        if (has_its_share(other) && !atomic_exchange(&other->relief_asked, true)) {
            loop_wake(other);
        }
    }
}

static void relieve(struct loop *loop, const struct connection *asking) {
    input_free_spares(loop);
    while (held_by_all(loop->net) > low(loop->net) && has_its_share(loop)) {
        if (!close_greatest(loop, asking, low(loop->net))) {
            break;
        }
    }
}

// What has gone leaves holes in the heap, and these are not counted.
static void trim_heap(struct loop *loop) {
    uint64_t now_ms = uv_now(&loop->uv);
    uint64_t before_ms = atomic_load_explicit(&loop->net->trimmed_ms, memory_order_relaxed);
    if (now_ms >= before_ms + TRIM_EVERY_MS &&
        atomic_compare_exchange_strong(&loop->net->trimmed_ms, &before_ms, now_ms)) {
        heap_trim();
    }
}

bool memory_make(struct loop *loop, const struct connection *asking, size_t bytes) {
    struct net *net = loop->net;
    if (memory_is_short(loop)) {
        trim_heap(loop);
    }
    if (held_by_all(net) + bytes <= high(net)) {
        return true;
    }
    relieve(loop, asking);
    if (held_by_all(net) + bytes > high(net)) {
        ask_others(net);
    }
    while (held_by_all(net) + bytes > net->memory_max) {
        if (!close_greatest(loop, asking, net->memory_max - bytes)) {
            return false;
        }
    }
    return true;
}

void memory_bound(struct loop *loop) {
    if (held_by_all(loop->net) > high(loop->net)) {
        (void)memory_make(loop, NULL, 0);
    }
}

void memory_relieve_if_asked(struct loop *loop) {
    if (atomic_exchange(&loop->relief_asked, false)) {
        relieve(loop, NULL);
    }
}

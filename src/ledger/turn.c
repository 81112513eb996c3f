#include "ledger/turn.h"

#include "base/clock.h"
#include "base/container.h"
#include "ledger/cost.h"
#include "ledger/limits.h"

#include <assert.h>
#include <stdlib.h>

enum {
    TURN_BYTES = 64 * 1024,
    REQUEST_BYTES = 16 * 1024,          // cost of deciding on a chunk, in bytes stored
    EXPENSIVE_BYTES = 2 * TURN_BYTES,   // reading more than that, beyond the bytes sent, is expensive
    EXPENSIVE_GROUP_BYTES = 256 * 1024, // of a group of the second line
    REST_TIMES = 3,                     // the second line rests this many times as long as it ran
    REST_MS_MAX = 1000,
    ALONE_MS = 1000, // once the first line has been empty for this long, nobody else wants the thread
};

struct turns {
    const struct ledger *ledger;
    struct fair *first, *second;
    struct queue_node *unsorted;      // not queued for lack of memory: they come after all others
    bool is_second;                   // the current group is from the second line
    uint64_t taken_ms, rest_until_ms; // when it was taken; when the second line's rest ends
    uint64_t first_ms;                // when the first line had its last turn
};

struct turns *turns_new(const struct ledger *ledger) {
    struct turns *turns = calloc(1, sizeof *turns);
    if (turns == NULL) {
        return NULL;
    }
    turns->ledger = ledger;
    turns->first = fair_new(UINT32_MAX, UINT32_MAX);
    turns->second = fair_new(UINT32_MAX, UINT32_MAX);
    if (turns->first == NULL || turns->second == NULL) {
        turns_free(turns);
        return NULL;
    }
    return turns;
}

void turns_free(struct turns *turns) {
    if (turns != NULL) {
        fair_free(turns->first);
        fair_free(turns->second);
        free(turns);
    }
}

// A chunk of the usual 1000 bets costs a turn.
static unsigned turns_of(size_t bytes) {
    return 1 + (unsigned)(bytes / TURN_BYTES);
}

static size_t length_of(const struct ledger_request *request) {
    return request->input.chunk == NULL ? 0 : request->input.chunk->rows_length;
}

// For a group's limit: even a small request has its cost.
static size_t cost_of(const struct ledger_request *request) {
    return request->input.chunk == NULL ? 0 : REQUEST_BYTES + request->input.chunk->rows_length;
}

// Waiting -------------------------------------------------------------------------------------------------

static bool wait_in(struct fair *line, struct ledger_request *request) {
    struct fair_lane *lane = fair_lane(line, request->input.turn_agency, request->input.source);
    if (lane != NULL) {
        fair_wait(lane, &request->own.turn, turns_of(length_of(request)));
    }
    return lane != NULL;
}

// Without memory the rest waits in the order it came, and so does everything after it.
static void sort_in(struct turns *turns) {
    while (turns->unsorted != NULL) {
        struct ledger_request *request = CONTAINER_OF(turns->unsorted, struct ledger_request, node);
        struct queue_node *next = request->node.next;
        bool waits_in_second = fair_has(turns->second, request->input.turn_agency, request->input.source);
        if (!wait_in(waits_in_second ? turns->second : turns->first, request)) {
            return;
        }
        turns->unsorted = next;
    }
}

void turns_add(struct turns *turns, struct queue_node *arrived) {
    struct queue_node **end = &turns->unsorted;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = arrived;
    sort_in(turns);
}

int turns_wait_ms(const struct turns *turns) {
    if (turns->unsorted != NULL || !fair_is_empty(turns->first)) {
        return 0;
    }
    if (fair_is_empty(turns->second)) {
        return -1;
    }
    uint64_t now = clock_steady_ms();
    return now < turns->rest_until_ms ? (int)(turns->rest_until_ms - now) : 0;
}

// Taking --------------------------------------------------------------------------------------------------

static struct ledger_request *take_from(struct fair *line) {
    struct fair_lane *lane = NULL;
    struct fair_item *item = fair_next(line, &lane);
    if (item == NULL) {
        return NULL;
    }
    fair_release(line, lane);
    return CONTAINER_OF(item, struct ledger_request, own.turn);
}

static struct ledger_request *take_unsorted(struct turns *turns) {
    struct queue_node *first = turns->unsorted;
    if (first == NULL) {
        return NULL;
    }
    turns->unsorted = first->next;
    return CONTAINER_OF(first, struct ledger_request, node);
}

// Moves a request to the second line, with everything that waits after it, in order. False when out of
// memory.
static bool move_to_second(struct turns *turns, struct ledger_request *request) {
    if (!wait_in(turns->second, request)) {
        return false;
    }
    struct fair_item *item;
    while ((item = fair_first(turns->first, request->input.turn_agency, request->input.source)) != NULL) {
        struct fair_lane *lane = item->lane;
        fair_leave(item);
        fair_release(turns->first, lane);
        bool waits = wait_in(turns->second, CONTAINER_OF(item, struct ledger_request, own.turn));
        assert(waits); // its lane exists
        (void)waits;
    }
    return true;
}

// The next request of the first line that is not expensive.
static struct ledger_request *take_first(struct turns *turns) {
    struct ledger_request *request;
    while ((request = take_from(turns->first)) != NULL) {
        if (cost_beyond(turns->ledger, request) <= EXPENSIVE_BYTES || !move_to_second(turns, request)) {
            return request;
        }
    }
    return NULL;
}

static struct ledger_request *take_second(struct turns *turns, size_t *bytes) {
    struct ledger_request *request = take_from(turns->second);
    if (request != NULL) {
        *bytes += cost_of(request) + cost_beyond(turns->ledger, request);
    }
    return request;
}

static struct queue_node *take_second_group(struct turns *turns) {
    struct queue_node *group = NULL, **end = &group;
    size_t bytes = 0;
    while (bytes < EXPENSIVE_GROUP_BYTES) {
        struct ledger_request *request = take_second(turns, &bytes);
        if (request == NULL) {
            break;
        }
        *end = &request->node;
        end = &request->node.next;
    }
    *end = NULL;
    return group;
}

static struct queue_node *take_first_group(struct turns *turns) {
    struct queue_node *group = NULL, **end = &group;
    size_t bytes = 0;
    for (int count = 0; count < GROUP_CHUNKS_MAX && bytes < GROUP_BYTES_MAX; count++) {
        struct ledger_request *request = take_first(turns);
        if (request == NULL && fair_is_empty(turns->second)) {
            request = take_unsorted(turns);
        }
        if (request == NULL) {
            break;
        }
        bytes += cost_of(request);
        *end = &request->node;
        end = &request->node.next;
    }
    *end = NULL;
    return group;
}

// The previous group is done. After one of its own groups the second line rests for some time, even when the
// first is empty. Clients that send one chunk after the other are not waiting at every moment. Once they are
// gone it need not rest.
static void note_done(struct turns *turns, uint64_t now) {
    if (turns->is_second && now - turns->first_ms < ALONE_MS) {
        uint64_t rest = REST_TIMES * (now - turns->taken_ms + 1);
        turns->rest_until_ms = now + (rest < REST_MS_MAX ? rest : REST_MS_MAX);
    }
    turns->is_second = false;
    turns->taken_ms = now;
}

// Expensive requests have groups of their own, so that no other answer waits for them.
struct queue_node *turns_take_group(struct turns *turns) {
    uint64_t now = clock_steady_ms();
    note_done(turns, now);
    bool may_second = !fair_is_empty(turns->second) && now >= turns->rest_until_ms;
    struct queue_node *group = may_second ? NULL : take_first_group(turns);
    if (group != NULL) {
        turns->first_ms = now;
    } else if (now >= turns->rest_until_ms) {
        group = take_second_group(turns);
        turns->is_second = group != NULL;
    }
    return group;
}

struct ledger_request *turns_take(struct turns *turns) {
    struct ledger_request *request = take_from(turns->first);
    request = request != NULL ? request : take_from(turns->second);
    return request != NULL ? request : take_unsorted(turns);
}

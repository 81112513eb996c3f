#include "ledger/worker.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    WORK_AGAIN_MS = 1000, // how long after a failure the draw is tried again
    LOOK_AGAIN_MS = 1000, // how long after a look at a shared store the next one comes
    TURN_BYTES = 64 * 1024,
    REQUEST_BYTES = 16 * 1024, // what deciding on a chunk costs, in bytes that are stored
};

struct worker {
    struct ledger *ledger;
    struct queue queue;
    struct fair *fair;           // requests that wait for their turn
    struct queue_node *unsorted; // requests that there was no memory for there: they come behind all others
    pthread_t thread;
    bool stopped;
    atomic_bool nudged;
    uint64_t look_at; // in ms of the steady clock
};

// What waits for its turn --------------------------------------------------------------------------------

// A chunk of the usual 1000 bets costs a turn.
static unsigned turns_of(const struct ledger_request *request) {
    return 1 + (unsigned)(request->chunk == NULL ? 0 : request->chunk->rows_length / TURN_BYTES);
}

// For a group's bound: a request has its cost also when it is small.
static size_t cost_of(const struct ledger_request *request) {
    return request->chunk == NULL ? 0 : REQUEST_BYTES + request->chunk->rows_length;
}

// Has what came wait for its turn. Without memory the rest waits as it came, and all that comes behind it.
static void sort_in(struct worker *worker) {
    while (worker->unsorted != NULL) {
        struct ledger_request *request = CONTAINER_OF(worker->unsorted, struct ledger_request, node);
        struct fair_lane *lane = fair_lane(worker->fair, request->turn_agency, request->source);
        if (lane == NULL) {
            return;
        }
        worker->unsorted = request->node.next;
        fair_wait(lane, &request->turn, turns_of(request));
    }
}

static void add_arrived(struct worker *worker, struct queue_node *arrived) {
    struct queue_node **end = &worker->unsorted;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = arrived;
    sort_in(worker);
}

// Whose turn it is; NULL when nobody waits.
static struct ledger_request *take_next(struct worker *worker) {
    struct fair_lane *lane = NULL;
    struct fair_item *item = fair_next(worker->fair, &lane);
    if (item != NULL) {
        fair_release(worker->fair, lane);
        return CONTAINER_OF(item, struct ledger_request, turn);
    }
    struct queue_node *first = worker->unsorted;
    if (first == NULL) {
        return NULL;
    }
    worker->unsorted = first->next;
    return CONTAINER_OF(first, struct ledger_request, node);
}

// The next group: bounded, so that what comes meanwhile has its turn soon.
static struct queue_node *take_group(struct worker *worker) {
    struct queue_node *group = NULL, **end = &group;
    size_t bytes = 0;
    for (int count = 0; count < GROUP_CHUNKS_MAX && bytes < GROUP_BYTES_MAX; count++) {
        struct ledger_request *request = take_next(worker);
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

static bool has_waiting(const struct worker *worker) {
    return worker->unsorted != NULL || !fair_is_empty(worker->fair);
}

static void abandon_all(struct worker *worker) {
    add_arrived(worker, queue_take_all(&worker->queue));
    for (struct ledger_request *request; (request = take_next(worker)) != NULL;) {
        error_set(&request->error, ERROR_SHUTTING_DOWN, "the central is shutting down");
        request->next = -1;
        request->complete(request);
    }
}

// The thread ----------------------------------------------------------------------------------------------

static int wait_ms(const struct ledger *ledger) {
    if (ledger_is_shared(ledger)) {
        return LOOK_AGAIN_MS;
    }
    return ledger_has_work(ledger) ? WORK_AGAIN_MS : -1;
}

// In a shared store: each second, and at once when something is said to have changed.
static bool look(struct worker *worker) {
    uint64_t now = clock_steady_ms();
    if (!atomic_exchange(&worker->nudged, false) && now < worker->look_at) {
        return false;
    }
    worker->look_at = now + LOOK_AGAIN_MS;
    ledger_look(worker->ledger);
    return true;
}

static void work(struct worker *worker) {
    struct ledger *ledger = worker->ledger;
    if ((!ledger_is_shared(ledger) || look(worker)) && ledger_has_work(ledger)) {
        ledger_work(ledger);
    }
}

static void *run(void *argument) {
    struct worker *worker = argument;
    struct ledger *ledger = worker->ledger;
    log_wait_for_room(); // what is stored is to be found in the log, and senders can wait
    work(worker);
    while (!queue_is_closed(&worker->queue)) {
        add_arrived(worker, has_waiting(worker) ? queue_take_all(&worker->queue)
                                                : queue_wait_all(&worker->queue, wait_ms(ledger)));
        struct queue_node *group = queue_is_closed(&worker->queue) ? NULL : take_group(worker);
        if (group != NULL) {
            ledger_process(ledger, group);
        }
        if (!queue_is_closed(&worker->queue)) {
            work(worker);
        }
    }
    abandon_all(worker);
    return NULL;
}

bool worker_start(struct ledger *ledger, struct worker **result, struct error *error) {
    *result = NULL;
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger's thread");
    }
    worker->ledger = ledger;
    worker->fair = fair_new(UINT32_MAX, UINT32_MAX);
    if (worker->fair == NULL) {
        free(worker);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger's thread");
    }
    queue_init(&worker->queue);
    int failure = pthread_create(&worker->thread, NULL, run, worker);
    if (failure != 0) {
        queue_destroy(&worker->queue);
        fair_free(worker->fair);
        free(worker);
        return error_set_system(error, failure, "cannot start the ledger's thread");
    }
    *result = worker;
    return true;
}

bool worker_submit(struct worker *worker, struct ledger_request *request) {
    return queue_push(&worker->queue, &request->node);
}

void worker_nudge(struct worker *worker) {
    atomic_store(&worker->nudged, true);
    queue_wake(&worker->queue);
}

void worker_stop(struct worker *worker) {
    if (!worker->stopped) {
        worker->stopped = true;
        queue_close(&worker->queue);
        pthread_join(worker->thread, NULL);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: ledger");
    }
}

void worker_free(struct worker **worker) {
    queue_destroy(&(*worker)->queue);
    fair_free((*worker)->fair);
    free(*worker);
    *worker = NULL;
}

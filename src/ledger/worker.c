#include "ledger/worker.h"

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/counters.h"
#include "ledger/cutoff.h"
#include "ledger/cutoff_time.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/orders.h"
#include "ledger/pulse.h"
#include "ledger/turn.h"
#include "ledger/work.h"
#include "store/calls.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    WORK_AGAIN_MS = 1000, // how long after a failure to try the draw again
    LOOK_AGAIN_MS = 1000, // time between two checks of a shared store
};

struct worker {
    struct ledger *ledger;
    struct queue queue;
    struct turns *turns; // requests waiting for their turn
    struct pulse *pulse;
    struct queue orders;
    struct queue_node *next_order; // those taken from the queue
    pthread_t thread;
    bool stopped;
    atomic_bool nudged;
    uint64_t look_at; // in ms of the steady clock
};

// The order that comes next; NULL when there is none. One at a time, so that agencies wait for no more than
// one of them.
static struct ledger_order *take_order(struct worker *worker) {
    if (worker->next_order == NULL) {
        worker->next_order = queue_take_all(&worker->orders);
    }
    struct queue_node *node = worker->next_order;
    if (node == NULL) {
        return NULL;
    }
    worker->next_order = node->next;
    return CONTAINER_OF(node, struct ledger_order, node);
}

static void carry_out_an_order(struct worker *worker) {
    struct ledger_order *order = take_order(worker);
    if (order != NULL) {
        order_carry_out(worker->ledger, order);
    }
}

static void abandon_orders(struct worker *worker) {
    struct error error;
    error_set(&error, ERROR_SHUTTING_DOWN, "the central is shutting down");
    for (struct ledger_order *order; (order = take_order(worker)) != NULL;) {
        order_refuse(order, &error);
    }
}

// Completes the requests that are in no group. They are neither logged nor counted as refused,
// because the server itself is ending.
static void abandon_all(struct worker *worker) {
    abandon_orders(worker);
    turns_add(worker->turns, queue_take_all(&worker->queue));
    for (struct ledger_request *request; (request = turns_take(worker->turns)) != NULL;) {
        error_set(&request->answer.error, ERROR_SHUTTING_DOWN, "the central is shutting down");
        request->answer.next = -1;
        request->complete(request);
    }
}

static int wait_ms(const struct worker *worker) {
    const struct ledger *ledger = worker->ledger;
    if (worker->next_order != NULL) {
        return 0;
    }
    int work = ledger_is_shared(ledger) || cutoff_is_ahead(ledger) ? LOOK_AGAIN_MS
               : work_is_due(ledger) || work_is_ahead(ledger)      ? WORK_AGAIN_MS
                                                                   : -1;
    int turn = turns_wait_ms(worker->turns);
    return turn < 0 || (work >= 0 && work < turn) ? work : turn;
}

// In a shared store: every second, and immediately after a notification of a change.
static bool look(struct worker *worker) {
    uint64_t now = clock_steady_ms();
    if (!atomic_exchange(&worker->nudged, false) && now < worker->look_at) {
        return false;
    }
    worker->look_at = now + LOOK_AGAIN_MS;
    work_look(worker->ledger);
    return true;
}

static void work(struct worker *worker) {
    struct ledger *ledger = worker->ledger;
    cutoff_keep_meanwhile(ledger);
    bool may_work = !ledger_is_shared(ledger) || look(worker) || work_is_urgent(ledger);
    if (may_work && work_is_due(ledger)) {
        work_do(ledger);
    }
}

// Whom a group hears of is noted first: once they are answered, the requests are not the ledger's.
static void process(struct worker *worker, struct queue_node *group) {
    uint32_t agencies = ledger_agencies(worker->ledger);
    for (const struct queue_node *node = group; node != NULL; node = node->next) {
        const struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        uint32_t agency = request->input.agency;
        if (request->answer.error.code == ERROR_NONE && agency >= 1 && agency <= agencies) {
            pulse_hear(worker->pulse, agency);
        }
    }
    int64_t before = counter_read(&ledger_counters.bets_stored);
    group_process(worker->ledger, group);
    pulse_add_bets(worker->pulse, (uint64_t)(counter_read(&ledger_counters.bets_stored) - before));
}

static void *run(void *argument) {
    struct worker *worker = argument;
    struct ledger *ledger = worker->ledger;
    pthread_setname_np(pthread_self(), "ledger");
    store_calls_note(pulse_note_call, worker->pulse);
    log_wait_for_room(); // the log must show what is stored, and senders can wait
    pulse_begin_work(worker->pulse);
    work(worker);
    while (!queue_is_closed(&worker->queue)) {
        int ms = wait_ms(worker);
        pulse_set_store_failure(worker->pulse, ledger_store_failure(ledger));
        pulse_end_work(worker->pulse);
        turns_add(worker->turns,
                  ms == 0 ? queue_take_all(&worker->queue) : queue_wait_all(&worker->queue, ms));
        pulse_begin_work(worker->pulse);
        struct queue_node *group = queue_is_closed(&worker->queue) ? NULL : turns_take_group(worker->turns);
        if (group != NULL) {
            process(worker, group);
        }
        if (!queue_is_closed(&worker->queue)) {
            carry_out_an_order(worker);
            work(worker);
        }
    }
    ledger_end_tasks(ledger);
    abandon_all(worker);
    return NULL;
}

static void wake(void *context) {
    worker_nudge(context);
}

static void free_parts(struct worker *worker) {
    turns_free(worker->turns);
    pulse_free(worker->pulse);
}

bool worker_start(struct ledger *ledger, struct worker **result, struct error *error) {
    *result = NULL;
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger's thread");
    }
    worker->ledger = ledger;
    worker->turns = turns_new(ledger);
    worker->pulse = pulse_new();
    if (worker->turns == NULL || worker->pulse == NULL) {
        free_parts(worker);
        free(worker);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger's thread");
    }
    queue_init(&worker->queue);
    queue_init(&worker->orders);
    ledger_on_task_end(ledger, wake, worker);
    int failure = pthread_create(&worker->thread, NULL, run, worker);
    if (failure != 0) {
        queue_destroy(&worker->queue);
        queue_destroy(&worker->orders);
        free_parts(worker);
        free(worker);
        return error_set_system(error, failure, "cannot start the ledger's thread");
    }
    *result = worker;
    return true;
}

bool worker_submit(struct worker *worker, struct ledger_request *request) {
    return queue_push(&worker->queue, &request->node);
}

// The waiting thread is woken by the requests' queue, which it waits at.
bool worker_order(struct worker *worker, struct ledger_order *order) {
    bool taken = queue_push(&worker->orders, &order->node);
    if (taken) {
        queue_wake(&worker->queue);
    }
    return taken;
}

const struct pulse *worker_pulse(const struct worker *worker) {
    return worker->pulse;
}

struct notice *worker_notice(const struct worker *worker) {
    return ledger_notice(worker->ledger);
}

void worker_nudge(struct worker *worker) {
    atomic_store(&worker->nudged, true);
    queue_wake(&worker->queue);
}

void worker_stop(struct worker *worker) {
    if (!worker->stopped) {
        worker->stopped = true;
        ledger_interrupt(worker->ledger);
        queue_close(&worker->orders);
        queue_close(&worker->queue);
        pthread_join(worker->thread, NULL);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: ledger");
    }
}

void worker_free(struct worker **worker) {
    queue_destroy(&(*worker)->queue);
    queue_destroy(&(*worker)->orders);
    free_parts(*worker);
    free(*worker);
    *worker = NULL;
}

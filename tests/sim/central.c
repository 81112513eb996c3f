#include "central.h"

#include "base/container.h"
#include "bet/errors.h"
#include "connections.h"
#include "cutoff_judge.h"
#include "disk.h"
#include "ledger/cutoff.h"
#include "ledger/cutoff_time.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/order.h"
#include "ledger/orders.h"
#include "ledger/request.h"
#include "ledger/winners.h"
#include "ledger/work.h"
#include "ledger/worker.h"
#include "net/limits.h"
#include "net/net.h"
#include "office.h"
#include "operators.h"
#include "orders_judge.h"
#include "plan.h"
#include "seal_judge.h"
#include "service/service.h"
#include "world.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { WORK_AGAIN_MS = 1000, LOOK_AGAIN_MS = 1000, RESTART_MS_MAX = 3000, LOOPS = 3 };

struct loop {
    int index;
    bool woken;
    void *state;
};

// Stands for ledger/worker.c: its thread's turns are events.
struct worker {
    struct queue queue;
    struct queue_node *waiting; // taken off the queue
    struct queue orders;
    struct queue_node *next_order; // taken off that one
    bool has_turn, has_look, stopped;
    uint64_t look_at; // of a shared store, as world_now_ms
};

static struct {
    struct lottery *lottery;
    struct ledger *ledger;
    struct worker worker;
    struct loop loops[LOOPS];
    bool running, dying, quiet;
    uint64_t life; // which start this is; events meant for an earlier one are dropped
    unsigned ledger_delay_ms;
} central;

static void wake_loop(void *context, uint64_t life);
// In a shared store: every second.
static bool look_at_shared(void) {
    if (world_now_ms() < central.worker.look_at) {
        return false;
    }
    central.worker.look_at = world_now_ms() + LOOK_AGAIN_MS;
    work_look(central.ledger);
    return true;
}

static void take_turn(void *context, uint64_t life);

// What net/net.h and ledger/worker.h promise ----------------------------------------------------------------

void loop_wake(struct loop *loop) {
    if (!loop->woken) {
        loop->woken = true;
        world_after(world_below(3), wake_loop, loop, central.life);
    }
}

void loop_wake_after(struct loop *loop, unsigned ms) {
    world_after(ms, wake_loop, loop, central.life);
}

void *loop_state(struct loop *loop) {
    return loop->state;
}

size_t loop_memory_share(const struct loop *loop) {
    (void)loop;
    return MEMORY_DEFAULT;
}

int loop_index(const struct loop *loop) {
    return loop->index;
}

static void give_turn(uint64_t delay_ms) {
    if (!central.worker.has_turn) {
        central.worker.has_turn = true;
        world_after(delay_ms, take_turn, NULL, central.life);
    }
}

bool worker_submit(struct worker *worker, struct ledger_request *request) {
    if (worker->stopped) {
        return false;
    }
    seal_judge_watch(request);
    bool pushed = queue_push(&worker->queue, &request->node);
    give_turn(world_below(central.ledger_delay_ms + 1));
    return pushed;
}

bool central_order(struct ledger_order *order) {
    if (!central.running || central.quiet || !queue_push(&central.worker.orders, &order->node)) {
        return false;
    }
    if (!central.worker.has_turn) {
        give_turn(operators_below(central.ledger_delay_ms + 1));
    }
    return true;
}

// The ledger's turns ----------------------------------------------------------------------------------------

static void take_what_waits(void) {
    struct queue_node **end = &central.worker.waiting;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = queue_take_all(&central.worker.queue);
}

// A group is any part of what has arrived in the meantime, from one request to all.
static struct queue_node *take_group(void) {
    struct queue_node *group = central.worker.waiting, *last = group;
    uint32_t count = world_chance(50) ? UINT32_MAX : world_between(1, 4);
    while (--count > 0 && last->next != NULL) {
        last = last->next;
    }
    central.worker.waiting = last->next;
    last->next = NULL;
    return group;
}

static struct ledger_order *take_order(void) {
    struct worker *worker = &central.worker;
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

static void carry_out_an_order(void) {
    struct ledger_order *order = take_order();
    if (order != NULL) {
        orders_judge_begins(order);
        order_carry_out(central.ledger, order);
    }
}

// The seal has been computed.
static void on_sealed(void *context) {
    (void)context;
    give_turn(0);
}

// A cut-off is looked for also while nothing else happens, and so is what of the seal is to be done again.
static void look(void *context, uint64_t life) {
    (void)context;
    if (central.running && life == central.life) {
        central.worker.has_look = false;
        give_turn(0);
    }
}

static void give_next_turn(void) {
    if (central.worker.waiting != NULL) {
        give_turn(world_below(central.ledger_delay_ms + 1));
    } else if (central.worker.next_order != NULL) {
        give_turn(0);
    } else if (work_is_due(central.ledger)) {
        give_turn(WORK_AGAIN_MS);
    }
    bool looks =
        ledger_is_shared(central.ledger) || cutoff_is_ahead(central.ledger) || work_is_ahead(central.ledger);
    if (looks && !central.worker.has_look) {
        central.worker.has_look = true;
        world_after(LOOK_AGAIN_MS, look, NULL, central.life);
    }
}

static void take_turn(void *context, uint64_t life) {
    (void)context;
    if (!central.running || life != central.life) {
        return;
    }
    central.worker.has_turn = false;
    take_what_waits();
    if (central.worker.waiting != NULL) {
        group_process(central.ledger, take_group());
    }
    carry_out_an_order();
    cutoff_keep_meanwhile(central.ledger);
    bool may_work = !ledger_is_shared(central.ledger) || look_at_shared() || work_is_urgent(central.ledger);
    if (central.worker.waiting == NULL && may_work && work_is_due(central.ledger)) {
        work_do(central.ledger);
    }
    cutoff_judge_turn();
    give_next_turn();
    central_after_event();
}

static void wake_loop(void *context, uint64_t life) {
    struct loop *loop = context;
    if (central.running && life == central.life) {
        loop->woken = false;
        lottery_handler.loop_woken(loop, loop->state);
        central_after_event();
    }
}

// Starting --------------------------------------------------------------------------------------------------

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    bool opened = disk_open(store, error);
    if (opened) {
        orders_judge_opened();
    }
    return opened;
}

static void on_drawn(void *context, const struct winners *winners) {
    (void)context;
    lottery_set_winners(central.lottery, winners);
}

static void on_all_told(void *context) {
    (void)context;
    world_trace("central: every agency has been told");
}

// The cut-off of the opening, as an operator writes it.
static const char *opening_cutoff(char text[STORE_TIME_BYTES]) {
    time_t at = (time_t)((world_wall_ms() - world_clock_offset()) / 1000);
    at += (time_t)plan.closes_s - (time_t)(world_now_ms() / 1000);
    struct tm fields;
    gmtime_r(&at, &fields);
    strftime(text, STORE_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &fields);
    return text;
}

// Who has ordered other terms takes the old ones out of the settings.
static bool open_ledger(struct error *error) {
    char closes_text[STORE_TIME_BYTES];
    bool by_default = operators_have_changed_terms();
    struct ledger_options options = {
        .draw = "simulated",
        .agencies = plan.opened_agencies,
        .winning_number = plan.winning_number,
        .number_mode = plan.is_manual ? NUMBER_MANUAL : NUMBER_FIXED,
        .agencies_by_default = by_default,
        .number_by_default = by_default,
        .mode_by_default = by_default,
        .closes_text = by_default || plan.closes_s == 0 ? NULL : opening_cutoff(closes_text),
        .open_store = open_store,
        .drawn = on_drawn,
        .all_told = on_all_told,
    };
    office_equip(&options);
    return ledger_open(&options, &central.ledger, error);
}

static void start_loops(void) {
    struct error error;
    for (uint32_t i = 0; i < plan.loops; i++) {
        struct loop *loop = &central.loops[i];
        *loop = (struct loop){.index = (int)i, .state = calloc(1, lottery_handler.loop_bytes)};
        if (loop->state == NULL ||
            !lottery_handler.loop_started(loop, loop->state, central.lottery, &error)) {
            abort();
        }
    }
}

static void start_later(void);

static void start(void *context, uint64_t number) {
    (void)context, (void)number;
    struct error error;
    central.life++;
    central.dying = central.quiet = false;
    central.lottery = lottery_new();
    office_start();
    lottery_set_notice(central.lottery, office_notice());
    if (!open_ledger(&error)) {
        world_trace("central: does not start: %s", error.text);
        lottery_free(central.lottery);
        central.dying = false; // it died before it ran
        start_later();
        return;
    }
    world_trace("central: starts");
    start_loops();
    central.worker = (struct worker){0};
    queue_init(&central.worker.queue);
    queue_init(&central.worker.orders);
    central.running = true;
    cutoff_judge_started();
    lottery_set_worker(central.lottery, &central.worker);
    ledger_on_task_end(central.ledger, on_sealed, NULL);
    if (ledger_is_shared(central.ledger) || work_is_due(central.ledger) || cutoff_is_ahead(central.ledger)) {
        give_turn(0);
    }
    central_after_event();
}

void central_start(void) {
    start(NULL, 0);
}

static void start_later(void) {
    world_after(world_below(RESTART_MS_MAX), start, NULL, 0);
}

struct connection *central_accept(struct wire *wire, int port) {
    return central.running && !central.quiet
               ? connections_accept(wire, &central.loops[world_below(plan.loops)], port)
               : NULL;
}

// Ending ----------------------------------------------------------------------------------------------------

static void abandon_orders(void) {
    struct error error;
    error_set(&error, ERROR_SHUTTING_DOWN, "the central is shutting down");
    for (struct ledger_order *order; (order = take_order()) != NULL;) {
        order_refuse(order, &error);
    }
}

// Does what ledger/worker.c does when it is stopped.
static void stop_worker(void) {
    struct worker *worker = &central.worker;
    take_what_waits();
    worker->stopped = true;
    abandon_orders();
    for (struct queue_node *node = worker->waiting, *next; node != NULL; node = next) {
        next = node->next;
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        error_set(&request->answer.error, ERROR_SHUTTING_DOWN, "the central is shutting down");
        request->answer.next = -1;
        request->complete(request);
    }
    worker->waiting = NULL;
}

// In the order in which cli/server.c stops its parts.
static void take_apart(bool orderly) {
    central.quiet = true;
    central.dying = !orderly;
    if (!orderly) {
        connections_abort_all();
    }
    stop_worker();
    for (uint32_t i = 0; i < plan.loops; i++) {
        lottery_handler.loop_woken(&central.loops[i], central.loops[i].state);
    }
    connections_finish_all();
    connections_abort_all();
    for (uint32_t i = 0; i < plan.loops; i++) {
        lottery_handler.loop_ended(&central.loops[i], central.loops[i].state);
        free(central.loops[i].state);
    }
    queue_destroy(&central.worker.queue);
    queue_destroy(&central.worker.orders);
    ledger_close(&central.ledger);
    lottery_free(central.lottery);
    central.running = central.dying = false;
}

void central_begin(void) {
    central.running = central.dying = central.quiet = false;
    central.ledger_delay_ms = world_chance(50) ? 0 : 20;
}

void central_end(void) {
    if (central.running) {
        take_apart(false);
    }
}

void central_stop(void) {
    if (central.running) {
        world_trace("FAULT: the central is stopped");
        take_apart(true);
        start_later();
    }
}

void central_crash(void) {
    if (central.running) {
        world_trace("FAULT: the central crashes");
        take_apart(false);
        start_later();
    }
}

void central_die(void) {
    central.dying = true;
}

bool central_is_dying(void) {
    return central.dying;
}

uint64_t central_life(void) {
    return central.life;
}

bool central_lives(uint64_t life) {
    return central.running && !central.dying && central.life == life;
}

bool central_is_quiet(void) {
    return central.quiet;
}

void central_after_event(void) {
    if (central.running && central.dying) {
        central_crash();
    } else {
        connections_settle();
    }
}

void central_slow_down(unsigned delay_ms) {
    central.ledger_delay_ms = delay_ms;
}

#include "net/loop.h"

#include "net/connections.h"
#include "net/eviction.h"
#include "net/limits.h"
#include "net/recheck.h"
#include "net/relief.h"

#include "base/log.h"
#include "base/random.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

enum { REAP_EVERY_MS = 250, CLOSE_MS_MAX = 250 };

// What services ask of it ---------------------------------------------------------------------------------

void *loop_state(struct loop *loop) {
    return loop->state;
}

int loop_index(const struct loop *loop) {
    return loop->connections.index;
}

size_t loop_memory_share(const struct loop *loop) {
    return memory_share(&loop->connections.memory);
}

void loop_wake(struct loop *loop) {
    uv_async_send(&loop->wake);
}

static void on_later(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    loop->connections.handler->loop_woken(loop, loop->state);
    connections_settle(&loop->connections);
}

void loop_wake_after(struct loop *loop, unsigned ms) {
    if (!loop->is_closing && !uv_is_active((uv_handle_t *)&loop->later)) {
        uv_timer_start(&loop->later, on_later, ms, 0);
    }
}

// Sweeping ------------------------------------------------------------------------------------------------

// Whether its listeners are still there.
static bool may_accept(const struct loop *loop) {
    return !loop->connections.is_quiet && !loop->is_draining;
}

bool loop_sweep(struct loop *loop, uint64_t elapsed_ms) {
    guard_sweep(&loop->guard, elapsed_ms);
    if (!loop->guard.is_accepting && may_accept(loop)) {
        guard_accept_again(&loop->guard);
        listeners_follow_guard(&loop->listeners);
    }
    if (loop->is_draining && uv_now(&loop->uv) >= loop->drain_until_ms) {
        connections_finish_silent(&loop->connections);
    }
    connections_settle(&loop->connections);
    return loop->is_draining || guard_needs_sweeps(&loop->guard);
}

static void on_reap(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    if (loop->is_closing) { // what has not left by now never will
        connections_abort(&loop->connections);
        return;
    }
    uint64_t now_ms = uv_now(&loop->uv);
    uint64_t elapsed_ms = now_ms - loop->swept_ms;
    loop->swept_ms = now_ms;
    loop->is_reaping = loop_sweep(loop, elapsed_ms);
    if (!loop->is_reaping) {
        uv_timer_stop(timer);
    }
}

static void start_reaper(struct loop *loop) {
    if (!loop->is_reaping && !loop->is_closing) {
        loop->is_reaping = true;
        loop->swept_ms = uv_now(&loop->uv);
        uv_timer_start(&loop->reaper, on_reap, REAP_EVERY_MS, REAP_EVERY_MS);
    }
}

// The end -------------------------------------------------------------------------------------------------

static void close_listeners(struct loop *loop) {
    for (int i = 0; i < loop->listeners.count; i++) {
        struct listener *listener = &loop->listeners.each[i];
        if (listener_close(listener)) {
            log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS,
                      "resource: listener | port: %u | loop: %d",
                      loop->listeners.ports->numbers[listener->port_index], loop_index(loop));
        }
    }
}

static void begin_draining(struct loop *loop) {
    loop->is_draining = true;
    loop->drain_until_ms = uv_now(&loop->uv) + DRAIN_GRACE_MS;
    close_listeners(loop);
    connections_drain(&loop->connections);
    start_reaper(loop); // a sweep finishes those that stay silent
}

static void close_handles(struct loop *loop) {
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->reaper, NULL);
    uv_close((uv_handle_t *)&loop->later, NULL);
    connections_close(&loop->connections);
}

// The loop ends when its last handle is closed.
static void close_if_over(struct loop *loop) {
    if (loop->is_closing && loop->connections.count == 0 && !uv_is_closing((uv_handle_t *)&loop->wake)) {
        close_handles(loop);
    }
}

static void begin_closing(struct loop *loop) {
    loop->is_closing = true;
    guard_report_all(&loop->guard);
    log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: connections | loop: %d | count: %zu",
              loop_index(loop), loop->connections.count);
    uv_timer_start(&loop->reaper, on_reap, CLOSE_MS_MAX, 0);
    connections_finish(&loop->connections);
    close_if_over(loop);
}

// Woken ---------------------------------------------------------------------------------------------------

static void on_wake(uv_async_t *wake) {
    struct loop *loop = wake->data;
    struct connections *connections = &loop->connections;
    bool close_asked = atomic_load(&loop->close_asked); // read first: answers made until then are taken below
    if (atomic_load(&loop->drain_asked) && may_accept(loop)) {
        begin_draining(loop);
    }
    if (atomic_load(&loop->quiet_asked) && !connections->is_quiet) {
        close_listeners(loop);
        connections_quiet(connections);
    }
    recheck_all(connections);
    if (recheck_is_needed(connections)) {
        start_reaper(loop); // a sweep continues the recheck
    }
    relief_if_asked(connections);
    connections->handler->loop_woken(loop, loop->state);
    eviction_help_neighbours(connections);
    if (may_accept(loop) && guard_accept_if_granted(&loop->guard)) {
        listeners_follow_guard(&loop->listeners);
    }
    connections_settle(connections);
    if (close_asked && !loop->is_closing) {
        begin_closing(loop);
    }
}

static void bound_memory(struct loop *loop) {
    relief_bound(&loop->connections);
}

static bool make_memory(struct loop *loop, const struct connection *asking, size_t bytes) {
    return relief_make(&loop->connections, asking, bytes);
}

static void limit_peer(struct loop *loop, const struct connection *connection) {
    (void)loop;
    eviction_limit_peer(connection);
}

static void settle(struct loop *loop) {
    connections_settle(&loop->connections);
}

static const struct connection_events events = {
    .needs_sweeps = start_reaper,
    .wants_memory = make_memory,
    .claimed = limit_peer,
    .called_back = settle,
    .settled = bound_memory,
    .gone = close_if_over,
};

// From its making -----------------------------------------------------------------------------------------

// A seed that cannot be guessed from outside.
static uint64_t hidden_seed(void) {
    uint64_t seed;
    return getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed ? seed : random_seed();
}

static void begin_handles(struct loop *loop) {
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    loop->wake.data = loop;
    uv_timer_init(&loop->uv, &loop->reaper);
    loop->reaper.data = loop;
    uv_timer_init(&loop->uv, &loop->later);
    loop->later.data = loop;
    loop->has_begun = true;
}

static void begin_connections(struct loop *loop, const struct loop_options *options) {
    struct connections *connections = &loop->connections;
    connections->loop = loop;
    connections->uv = &loop->uv;
    connections->handler = options->handler;
    connections->events = &events;
    connections->trust = options->trust;
    connections->peers = options->peers;
    connections->capacity = options->capacity;
    connections->neighbours = options->neighbours;
    connections->index = options->index;
    options->neighbours->all[options->index].wake = &loop->wake;
    options->neighbours->all[options->index].memory = &connections->memory;
    connections_begin(connections, options->memory_pool, hidden_seed());
}

// Gives the loop its own listener for each port and address.
static bool add_listeners(struct loop *loop, struct ports *ports, struct error *error) {
    for (int port = 0; port < ports->count; port++) {
        for (int address = 0; address < ports_address_count(ports, port); address++) {
            int socket = ports_socket(ports, port, address, error);
            if (socket < 0 || !listeners_add(&loop->listeners, port, socket, error)) {
                return false;
            }
        }
    }
    return true;
}

bool loop_begin(struct loop *loop, const struct loop_options *options, struct error *error) {
    loop->state = calloc(1, options->handler->loop_bytes + 1); // never 0 bytes: a service may keep nothing
    int failure = loop->state == NULL ? UV_ENOMEM : uv_loop_init(&loop->uv);
    if (failure != 0) {
        return failure == UV_ENOMEM
                   ? error_set(error, ERROR_NO_MEMORY, "no memory for loop %d", options->index)
                   : error_set_system(error, -failure, "loop %d cannot be made", options->index);
    }
    begin_handles(loop);
    begin_connections(loop, options);
    guard_begin(&loop->guard, &loop->connections, &options->timeouts);
    listeners_begin(&loop->listeners, &loop->connections, &loop->guard, options->ports);
    return add_listeners(loop, options->ports, error) &&
           options->handler->loop_started(loop, loop->state, options->context, error);
}

static void run(void *argument) {
    struct loop *loop = argument;
    pthread_setname_np(pthread_self(), "loop");
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    loop->connections.handler->loop_ended(loop, loop->state);
    log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: loop | loop: %d", loop_index(loop));
}

bool loop_listen(struct loop *loop, int backlog, struct error *error) {
    return listeners_start(&loop->listeners, backlog, error);
}

bool loop_start(struct loop *loop, struct error *error) {
    int failure = uv_thread_create(&loop->thread, run, loop);
    loop->has_thread = failure == 0;
    return loop->has_thread ||
           error_set(error, ERROR_SYSTEM, "cannot start a thread: %s", uv_strerror(failure));
}

void loop_ask_drain(struct loop *loop) {
    atomic_store(&loop->drain_asked, true);
    loop_wake(loop);
}

void loop_ask_quiet(struct loop *loop) {
    atomic_store(&loop->quiet_asked, true);
    loop_wake(loop);
}

void loop_ask_close(struct loop *loop) {
    if (loop->has_thread) {
        atomic_store(&loop->quiet_asked, true);
        atomic_store(&loop->close_asked, true);
        loop_wake(loop);
    }
}

void loop_join(struct loop *loop) {
    if (loop->has_thread) {
        uv_thread_join(&loop->thread);
    }
}

void loop_end(struct loop *loop) {
    if (loop->has_begun) {
        if (!loop->has_thread) { // it never ran: close its handles here
            close_listeners(loop);
            close_handles(loop);
            uv_run(&loop->uv, UV_RUN_DEFAULT);
            loop->connections.handler->loop_ended(loop, loop->state);
        }
        uv_loop_close(&loop->uv);
        connections_end(&loop->connections);
    }
    free(loop->state);
}

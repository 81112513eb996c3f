// Loops: one libuv loop and its thread each, from binding its ports to its end.
#include "net/input.h"
#include "net/internal.h"
#include "net/limits.h"

#include "base/log.h"
#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

enum { REAP_EVERY_MS = 250, CLOSE_MS_MAX = 250 };

void *loop_state(struct loop *loop) {
    return loop->state;
}

int loop_index(const struct loop *loop) {
    return loop->index;
}

void loop_wake(struct loop *loop) {
    uv_async_send(&loop->wake);
}

static void on_later(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    loop->net->handler->loop_woken(loop, loop->state);
    connection_flush_all(loop);
}

void loop_wake_after(struct loop *loop, unsigned ms) {
    if (!loop->closing && !uv_is_active((uv_handle_t *)&loop->later)) {
        uv_timer_start(&loop->later, on_later, ms, 0);
    }
}

static void on_reap(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    if (loop->closing) { // what has not left by now does not leave
        connection_abort_all(loop);
        return;
    }
    uint64_t now_ms = uv_now(&loop->uv);
    uint64_t elapsed_ms = now_ms - loop->swept_ms;
    loop->swept_ms = now_ms;
    if (!guard_sweep(loop, elapsed_ms)) {
        loop->reaping = false;
        uv_timer_stop(timer);
    }
    connection_flush_all(loop);
}

void loop_start_reaper(struct loop *loop) {
    if (!loop->reaping && !loop->closing) {
        loop->reaping = true;
        loop->swept_ms = uv_now(&loop->uv);
        uv_timer_start(&loop->reaper, on_reap, REAP_EVERY_MS, REAP_EVERY_MS);
    }
}

static void close_listeners(struct loop *loop) {
    for (int i = 0; i < loop->listener_count; i++) {
        unsigned port = loop->net->ports[loop->listeners[i].port_index];
        if (listener_close(&loop->listeners[i])) {
            log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS,
                      "resource: listener | port: %u | loop: %d", port, loop->index);
        }
    }
}

void loop_connection_gone(struct loop *loop) {
    if (loop->closing && loop->connection_count == 0 && !uv_is_closing((uv_handle_t *)&loop->wake)) {
        uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_close((uv_handle_t *)&loop->reaper, NULL);
        uv_close((uv_handle_t *)&loop->turns_timer, NULL);
        uv_close((uv_handle_t *)&loop->later, NULL);
    }
}

// The loop ends as its last handle is closed.
static void begin_closing(struct loop *loop) {
    loop->closing = true;
    guard_report(loop, true);
    log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: connections | loop: %d | count: %zu",
              loop->index, loop->connection_count);
    uv_timer_start(&loop->reaper, on_reap, CLOSE_MS_MAX, 0);
    connection_finish_all(loop);
    loop_connection_gone(loop);
}

static void on_wake(uv_async_t *wake) {
    struct loop *loop = wake->data;
    bool close_asked = atomic_load(&loop->close_asked); // before: what was answered until then is taken below
    if (atomic_load(&loop->quiet_asked) && !loop->quiet) {
        loop->quiet = true;
        close_listeners(loop);
        connection_quiet_all(loop);
    }
    if (recheck_all(loop)) {
        loop_start_reaper(loop); // it will go on with that
    }
    memory_relieve_if_asked(loop);
    loop->net->handler->loop_woken(loop, loop->state);
    guard_give_room(loop);
    guard_take_room(loop);
    connection_flush_all(loop);
    if (close_asked && !loop->closing) {
        begin_closing(loop);
    }
}

static void run(void *argument) {
    struct loop *loop = argument;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    loop->net->handler->loop_ended(loop, loop->state);
    log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: loop | loop: %d", loop->index);
}

// A seed that nobody outside can guess.
static uint64_t hidden_seed(void) {
    uint64_t seed;
    return getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed ? seed : random_seed();
}

static bool open_loop(struct net *net, int index, const struct net_options *options, struct error *error) {
    struct loop *loop = &net->loops[index];
    loop->net = net;
    loop->index = index;
    guard_init(loop, options);
    loop->state = calloc(1, net->handler->loop_bytes + 1); // a service may keep nothing
    int failure = loop->state == NULL ? UV_ENOMEM : uv_loop_init(&loop->uv);
    if (failure != 0) {
        free(loop->state);
        loop->state = NULL; // close_loop then knows that there is nothing to close
        return failure == UV_ENOMEM ? error_set(error, ERROR_NO_MEMORY, "no memory for loop %d", index)
                                    : error_set_system(error, -failure, "loop %d cannot be made", index);
    }
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    loop->wake.data = loop;
    uv_timer_init(&loop->uv, &loop->reaper);
    loop->reaper.data = loop;
    uv_timer_init(&loop->uv, &loop->turns_timer);
    loop->turns_timer.data = loop;
    uv_timer_init(&loop->uv, &loop->later);
    loop->later.data = loop;
    turns_begin(&loop->turns, hidden_seed(), uv_hrtime());
    return ports_add_listeners(loop, error) &&
           net->handler->loop_started(loop, loop->state, net->context, error);
}

static void close_loop(struct loop *loop) {
    if (loop->state == NULL) {
        return;
    }
    if (loop->started) {
        uv_thread_join(&loop->thread);
    } else { // it never ran: its handles are closed here
        close_listeners(loop);
        uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_close((uv_handle_t *)&loop->reaper, NULL);
        uv_close((uv_handle_t *)&loop->turns_timer, NULL);
        uv_close((uv_handle_t *)&loop->later, NULL);
        uv_run(&loop->uv, UV_RUN_DEFAULT);
        loop->net->handler->loop_ended(loop, loop->state);
    }
    uv_loop_close(&loop->uv);
    input_free_spares(loop);
    tls_context_release(loop->judged_by);
    free(loop->encrypted);
    free(loop->state);
}

// Some descriptors stay free for the store, its log and the loops' own.
static size_t connections_max(const struct net_options *options) {
    struct rlimit limit;
    size_t most = options->connections_max == 0 ? SIZE_MAX : options->connections_max;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        rlim_t kept =
            DESCRIPTORS_KEPT + (DESCRIPTORS_KEPT_LOOP + options->place.count * (rlim_t)options->port_count) *
                                   (rlim_t)options->loops;
        size_t room = limit.rlim_cur > kept ? (size_t)(limit.rlim_cur - kept) : 1;
        most = room < most ? room : most;
    }
    return most;
}

bool net_open(const struct net_options *options, const struct handler *handler, void *context,
              struct net **result, struct error *error) {
    *result = NULL;
    struct net *net = calloc(1, sizeof *net);
    struct loop *loops = calloc((size_t)options->loops, sizeof *loops);
    struct peers *peers = peers_new();
    if (net == NULL || loops == NULL || peers == NULL) {
        peers_free(peers);
        free(net);
        free(loops);
        return error_set(error, ERROR_NO_MEMORY, "no memory for %d loops", options->loops);
    }
    *net = (struct net){.handler = handler,
                        .context = context,
                        .backlog = options->backlog,
                        .loops = loops,
                        .peers = peers,
                        .connections_max = connections_max(options),
                        .memory_max = options->memory_max == 0 ? MEMORY_DEFAULT : options->memory_max,
                        .loop_count = options->loops};
    pthread_mutex_init(&net->tls_mutex, NULL);
    if (options->tls != NULL) {
        atomic_init(&net->tls, tls_context_hold(options->tls));
    }
    if (!ports_hold(net, options, error)) {
        net_close(&net);
        return false;
    }
    for (int i = 0; i < net->loop_count; i++) {
        if (!open_loop(net, i, options, error)) {
            net_close(&net);
            return false;
        }
    }
    *result = net;
    return true;
}

uint16_t net_port(const struct net *net, int index) {
    return net->ports[index];
}

const char *net_address(const struct net *net) {
    return net->address;
}

static bool listen_on_all(struct net *net, struct error *error) {
    for (int i = 0; i < net->loop_count; i++) {
        for (int j = 0; j < net->loops[i].listener_count; j++) {
            if (!listener_start(&net->loops[i].listeners[j], error)) {
                return false;
            }
        }
    }
    return true;
}

bool net_start(struct net *net, struct error *error) {
    if (!ports_check_only_ones(net, error) || !listen_on_all(net, error)) {
        return false;
    }
    for (int i = 0; i < net->loop_count; i++) {
        struct loop *loop = &net->loops[i];
        int failure = uv_thread_create(&loop->thread, run, loop);
        if (failure != 0) {
            return error_set(error, ERROR_SYSTEM, "cannot start a thread: %s", uv_strerror(failure));
        }
        loop->started = true;
    }
    return true;
}

void net_set_tls(struct net *net, struct tls_context *tls) {
    tls_context_hold(tls);
    pthread_mutex_lock(&net->tls_mutex);
    struct tls_context *before = atomic_exchange(&net->tls, tls);
    pthread_mutex_unlock(&net->tls_mutex);
    tls_context_release(before);
    for (int i = 0; i < net->loop_count; i++) {
        loop_wake(&net->loops[i]);
    }
}

struct tls_context *net_hold_tls(struct net *net) {
    pthread_mutex_lock(&net->tls_mutex);
    struct tls_context *tls = atomic_load(&net->tls);
    if (tls != NULL) {
        tls_context_hold(tls);
    }
    pthread_mutex_unlock(&net->tls_mutex);
    return tls;
}

void net_quiet(struct net *net) {
    for (int i = 0; i < net->loop_count; i++) {
        atomic_store(&net->loops[i].quiet_asked, true);
        loop_wake(&net->loops[i]);
    }
}

void net_close(struct net **pointer) {
    struct net *net = *pointer;
    *pointer = NULL;
    for (int i = 0; i < net->loop_count; i++) {
        if (net->loops[i].started) {
            atomic_store(&net->loops[i].quiet_asked, true);
            atomic_store(&net->loops[i].close_asked, true);
            loop_wake(&net->loops[i]);
        }
    }
    for (int i = 0; i < net->loop_count; i++) {
        close_loop(&net->loops[i]);
    }
    ports_release(net);
    tls_context_release(atomic_load(&net->tls));
    peers_free(net->peers);
    pthread_mutex_destroy(&net->tls_mutex);
    free(net->loops);
    free(net);
}

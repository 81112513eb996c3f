// One loop: a libuv loop with a thread, listeners and connections of its own, from creation to end.
// net/handler.h has what services may ask of it.
#ifndef QUINIELA_NET_LOOP_H
#define QUINIELA_NET_LOOP_H

#include "base/attributes.h"
#include "net/connections_parts.h"
#include "net/guard.h"
#include "net/listener.h"
#include "net/ports.h"

#include <stdatomic.h>
#include <uv.h>

struct loop {
    uv_loop_t uv;
    uv_thread_t thread;
    uv_async_t wake;
    uv_timer_t reaper; // sweeps while there is something to sweep
    uint64_t swept_ms; // when the reaper last ran
    uv_timer_t later;  // loop_wake_after
    bool has_begun, has_thread, is_closing, is_reaping, is_draining;
    uint64_t drain_until_ms; // while it drains: from then on what is silent is finished
    atomic_bool drain_asked, quiet_asked, close_asked;
    struct connections connections;
    struct guard guard;
    struct listeners listeners;
    void *state; // the service's
};

// What a loop is created with; all of it outlives the loop.
struct loop_options {
    const struct handler *handler;
    void *context; // for handler.loop_started
    struct ports *ports;
    struct trust *trust;
    struct peers *peers;
    struct capacity *capacity;
    struct neighbours *neighbours;
    struct memory_pool *memory_pool;
    struct guard_timeouts timeouts;
    int index;
};

// Creates the loop in `loop`, which is all zeros, with its listeners. End it with loop_end, even when this
// fails.
bool loop_begin(struct loop *loop, const struct loop_options *options, struct error *error) MUST_CHECK;

// Listens on its ports; no connection is accepted before the loop has started.
bool loop_listen(struct loop *loop, int backlog, struct error *error) MUST_CHECK;

// Starts its thread.
bool loop_start(struct loop *loop, struct error *error) MUST_CHECK;

// What a timer does while there is something to sweep: closes what is due, and accepts connections again.
// Returns whether it must run again later.
bool loop_sweep(struct loop *loop, uint64_t elapsed_ms);

// The loop stops accepting, and ends its connections as soon as nothing is under way on them. For any thread.
void loop_ask_drain(struct loop *loop);

// loop_ask_quiet: the loop stops accepting and reading. loop_ask_close: it also ends, once what is queued has
// left or its time is up; does nothing without a thread. For any thread.
void loop_ask_quiet(struct loop *loop);
void loop_ask_close(struct loop *loop);

// Waits for the loop's thread to end, if it has one. Until all threads have ended, one may still wake
// another.
void loop_join(struct loop *loop);

// Frees the loop, once no thread that could wake it is running.
void loop_end(struct loop *loop);

#endif

// The interface between connections and services: a small table of functions that a service provides and net/
// calls, and what a service may ask of its loop. What the bytes mean is up to the service.
#ifndef QUINIELA_NET_HANDLER_H
#define QUINIELA_NET_HANDLER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HANDLER_PADDING_BYTES = 64, // readable after the bytes passed to `received`: a parser may read ahead
};

struct connection;
struct loop;

// Every function is required, and runs on the thread of its loop. `state` is the service's own memory for
// that loop, zeroed before loop_started; for a connection, connection_state returns its memory.
struct handler {
    size_t connection_bytes; // the service's state for each connection, zeroed when it opens
    size_t loop_bytes;       // its state for each loop
    size_t input_bytes_max;  // the most unconsumed bytes that `received` ever needs to see together
    // What a peer that does not speak TLS is told where it has to, before it is disconnected: in plain text,
    // as the service's clients understand it. NULL: nothing.
    const void *needs_tls;
    size_t needs_tls_bytes;

    // Called before the loop runs. `context` is the one given to net_open. False, with `error`, when the
    // service cannot get what it needs.
    bool (*loop_started)(struct loop *loop, void *state, void *context, struct error *error);
    // Called after loop_wake: once for any number of calls.
    void (*loop_woken)(struct loop *loop, void *state);
    // Called after the loop's last connection is gone. Also for a loop that never ran, even if loop_started
    // failed or was never called: then `state` is as that left it, or zeroed.
    void (*loop_ended)(struct loop *loop, void *state);

    // A connection was accepted.
    void (*opened)(struct connection *connection);
    // The peer's certificate is good (connection_identity). Called before the first bytes; never on a plain
    // connection.
    void (*identified)(struct connection *connection);
    // The handshake failed, took too long, gave way to another, or ended for want of memory; or TLS failed
    // later. The connection will be closed.
    void (*refused)(struct connection *connection, const char *failure);
    // Bytes that have not been consumed yet, followed by HANDLER_PADDING_BYTES readable ones. Returns how
    // many are consumed now; the rest comes again with the bytes that follow. Not called while the connection
    // is paused.
    size_t (*received)(struct connection *connection, const uint8_t *bytes, size_t length);
    // Whether the service still owes an answer: while it does, the peer may be silent for any length of time.
    bool (*owes_answer)(struct connection *connection);
    // The peer sends nothing more, but may still read what it was sent. `rest` is what was never consumed.
    // The service ends the connection, now or later, with connection_finish or connection_abort.
    void (*ended)(struct connection *connection, const uint8_t *rest, size_t length);
    // The server is about to end, and has time (net_drain). The service answers what is under way, and ends
    // the connection with connection_finish once it has. One that owes nothing, and of which nothing comes,
    // is finished after DRAIN_GRACE_MS. Called once for each connection that is open then.
    void (*draining)(struct connection *connection);
    // After connection_await_arrival: the peer's system has acknowledged everything sent until now. Not
    // called if the connection ends first; the last opportunity is just before `closed`.
    void (*arrived)(struct connection *connection);
    // The connection is gone: nothing more can be sent. Its state is kept while connection_hold keeps its
    // memory. A connection is also closed so that another has its place or its memory, so this may be called
    // while the loop is reading another connection, or within connection_claim. The service may resume others
    // from here, whose `received` is then called inside this.
    void (*closed)(struct connection *connection);
};

// What a service may ask of its loop ------------------------------------------------------------------------

// Has handler.loop_woken called on the loop's thread, soon. Any thread may call this while the loop exists.
void loop_wake(struct loop *loop);

// The same after `ms` milliseconds, unless such a call is already pending. For the loop's thread only.
void loop_wake_after(struct loop *loop, unsigned ms);

// The service's own memory for this loop (handler.loop_bytes), and the loop's number, counted from 0.
void *loop_state(struct loop *loop);
int loop_index(const struct loop *loop);

// The loop's share of net_options.memory_max, in bytes, if all loops get the same.
size_t loop_memory_share(const struct loop *loop);

#endif

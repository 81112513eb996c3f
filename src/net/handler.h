// The seam between connections and what is done with their bytes: a small table of functions that a service
// provides and net/ calls; and what a service may ask of its loop. What the bytes mean is the service's
// affair.
#ifndef QUINIELA_NET_HANDLER_H
#define QUINIELA_NET_HANDLER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HANDLER_PADDING_BYTES = 64, // readable after the bytes that `received` is given: a parser may look ahead
};

struct connection;
struct loop;

// Every function is required, and runs on the thread of its loop. `state` is the service's own memory for
// that loop (zeroed before loop_started); connection_state returns that of a connection.
struct handler {
    size_t connection_bytes; // the service's state for each connection, zeroed when it opens
    size_t loop_bytes;       // its state for each loop
    size_t input_bytes_max;  // the most unconsumed bytes that `received` ever has to see at once

    // Before the loop runs. `context` is what net_open was given. False, with `error`, when it cannot get
    // what it needs.
    bool (*loop_started)(struct loop *loop, void *state, void *context, struct error *error);
    // After loop_wake was called: once for any number of calls.
    void (*loop_woken)(struct loop *loop, void *state);
    // After the last connection of the loop is gone.
    void (*loop_ended)(struct loop *loop, void *state);

    // A connection was accepted.
    void (*opened)(struct connection *connection);
    // The peer's certificate is good (connection_identity). Never called on a plain connection; on others,
    // before the first bytes.
    void (*identified)(struct connection *connection);
    // Its handshake failed, took too long, or gave way to another; or its TLS failed later. The connection
    // will be closed.
    void (*refused)(struct connection *connection, const char *failure);
    // Bytes that are not consumed yet, followed by HANDLER_PADDING_BYTES readable ones. Returns how many of
    // them are consumed now; the rest comes again with what follows. Not called while the connection is
    // paused.
    size_t (*received)(struct connection *connection, const uint8_t *bytes, size_t length);
    // Whether the service still owes an answer: then the peer may be silent for as long as it likes.
    bool (*owes_answer)(struct connection *connection);
    // The peer sends nothing more; it may still read what it was sent. `rest` is what was never consumed. The
    // service ends the connection, now or later, with connection_finish or connection_abort.
    void (*ended)(struct connection *connection, const uint8_t *rest, size_t length);
    // After connection_await_arrival: the peer's system has acknowledged everything that was sent until now.
    // Not called if the connection ends before that; the last moment is just before `closed`.
    void (*arrived)(struct connection *connection);
    // The connection is gone: nothing more can be sent. Its state is kept as long as connection_hold says so.
    void (*closed)(struct connection *connection);
};

// What a service may ask of its loop ------------------------------------------------------------------------

// Has handler.loop_woken called on the loop's thread, soon. Any thread may call it, while the loop exists.
void loop_wake(struct loop *loop);

// The same after `ms` milliseconds, unless that is pending already. For the loop's thread only.
void loop_wake_after(struct loop *loop, unsigned ms);

// The service's own memory for this loop (handler.loop_bytes), and the loop's number, counted from 0.
void *loop_state(struct loop *loop);
int loop_index(const struct loop *loop);

// The loop's share of net_options.memory_max, in bytes, when all have equally much.
size_t loop_memory_share(const struct loop *loop);

#endif

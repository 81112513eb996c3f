// The seam between connections and what is done with their bytes: a small table of functions that a service
// provides. net/ calls them; it knows nothing of what the bytes mean.
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

// Every function is required and runs on the thread of the loop concerned. `state` is the service's own
// memory for that loop (zeroed before loop_started); connection_state gives that of a connection.
struct handler {
    size_t connection_bytes; // of the service's state for each connection, zeroed when it opens
    size_t loop_bytes;       // of its state for each loop
    size_t input_bytes_max;  // the most unconsumed bytes of a connection that `received` ever needs to see

    // Before the loop runs. `context` is what net_open was given. Fails when it cannot get what it needs.
    bool (*loop_started)(struct loop *loop, void *state, void *context, struct error *error);
    // After loop_wake was called from anywhere, once for any number of calls.
    void (*loop_woken)(struct loop *loop, void *state);
    // After the last connection of the loop is gone.
    void (*loop_ended)(struct loop *loop, void *state);

    // A connection came in.
    void (*opened)(struct connection *connection);
    // The other side's certificate is good (connection_identity). Never called on plain connections; on
    // others before the first bytes are.
    void (*identified)(struct connection *connection);
    // It is not, or there was something else that TLS does not go on with: the connection will be closed.
    void (*refused)(struct connection *connection, const char *failure);
    // Bytes that are not consumed yet, followed by HANDLER_PADDING_BYTES readable ones. Returns how many of
    // them are consumed now; the rest comes again with what follows. Not called while the connection is
    // paused.
    size_t (*received)(struct connection *connection, const uint8_t *bytes, size_t length);
    // Whether the service has still to answer: then the other side's silence is no fault, however long it
    // lasts.
    bool (*owes_answer)(struct connection *connection);
    // The other side sends no more; what it was sent may still be read by it. `rest` are the bytes that were
    // never consumed. The service ends the connection, now or later, with connection_finish or
    // connection_abort.
    void (*ended)(struct connection *connection, const uint8_t *rest, size_t length);
    // After connection_await_arrival: the other side's system has acknowledged all that was sent, on this
    // connection, until now. Never called when the connection ends before; the last moment is just before
    // `closed`.
    void (*arrived)(struct connection *connection);
    // The connection is gone: nothing can be sent any more. Its state lives on while connection_hold says so.
    void (*closed)(struct connection *connection);
};

// What a service may ask of a loop.

// Makes handler.loop_woken run on the loop's thread, soon. For any thread, while the loop exists.
void loop_wake(struct loop *loop);

// The same in that many milliseconds, unless it is awaited already. For the loop's thread only.
void loop_wake_after(struct loop *loop, unsigned ms);

// The service's own memory for this loop (handler.loop_bytes), and the loop's number, from 0.
void *loop_state(struct loop *loop);
int loop_index(const struct loop *loop);

// How many bytes a loop has of net_options.memory_max when all have as much.
size_t loop_memory_share(const struct loop *loop);

#endif

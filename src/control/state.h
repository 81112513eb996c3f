// The state of a control, and of its sessions: one for each connection.
#ifndef QUINIELA_CONTROL_STATE_H
#define QUINIELA_CONTROL_STATE_H

#include "base/list.h"
#include "base/queue.h"
#include "control/options.h"
#include "wire/control_line.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct audit;
struct control_order;
struct worker;

enum {
    CONTROL_SESSIONS_MAX = 16,
    CONTROL_TICK_MS = 1000,
};

struct control {
    struct control_options options;
    char since[24]; // UTC
    struct worker *worker;
    struct audit *audit; // may be NULL
    uv_pipe_t listener;
    uv_timer_t tick;        // while there are sessions: closes those that are idle
    uv_async_t has_answers; // sent by the ledger's thread
    struct queue answered;  // orders
    struct list_head sessions;
    size_t session_count;
    int open_handles;    // the three above; with the last one the memory is freed
    bool somebody_waits; // a connection that could not be accepted for want of memory
    bool is_quiet;
};

struct session {
    struct list_node node;
    struct control *control;
    uv_pipe_t pipe;
    struct control_peer peer;
    char input[CONTROL_PAPER_BYTES_MAX];
    size_t length;               // of what has come, and is not taken yet
    struct control_order *order; // under way; then nothing is read
    unsigned writes;             // under way
    uint64_t active_ms;          // when something came or left last
    bool ended;                  // the other side sends nothing more
    bool broken;                 // nothing more is taken from it
    bool closing;
    bool waits_for_end; // it ordered the server's end, and sees that as the connection's end
};

#endif

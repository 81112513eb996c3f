// The main thread of the server: it waits for signals, for timers, and for the end.
#ifndef QUINIELA_CLI_MAIN_LOOP_H
#define QUINIELA_CLI_MAIN_LOOP_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { MAIN_LOOP_TIMERS_MAX = 3 };

struct main_loop_timer {
    uv_timer_t timer;
    void (*call)(void *context);
    void *context;
};

struct main_loop {
    uv_loop_t loop;
    uv_poll_t signals;
    uv_async_t asked_to_stop;
    struct main_loop_timer timers[MAIN_LOOP_TIMERS_MAX];
    int signals_descriptor; // readable when a signal has arrived
    int interrupt;          // readable after main_loop_interrupt, which ends any wait for a database
    bool stopping;
    void (*reload)(void *context); // on SIGHUP
    void *context;
};

// Takes over the signals that signals_hold holds back. On success the caller ends it with main_loop_close.
// ERROR_SYSTEM.
bool main_loop_open(struct main_loop *loop, void (*reload)(void *context), void *context,
                    struct error *error) MUST_CHECK;

// Calls `call` every `every_ms`. There can be MAIN_LOOP_TIMERS_MAX such timers at most.
void main_loop_repeat(struct main_loop *loop, uint64_t every_ms, void (*call)(void *context), void *context);

// Runs until it is told to stop. Returns immediately if that has already happened.
void main_loop_run(struct main_loop *loop);

// Handles a signal outside of main_loop_run, if one has arrived. `loop` is a struct main_loop. Returns false
// when the server must stop.
bool main_loop_take_signal(void *loop);

// Makes the loop stop. Any thread may call it.
void main_loop_ask_to_stop(struct main_loop *loop);

// Makes `interrupt` readable.
void main_loop_interrupt(struct main_loop *loop);

// Ends its timers and signals, and frees what it has.
void main_loop_close(struct main_loop *loop);

#endif

// The main thread of the server: it waits for signals, for timers, and for the end.
#ifndef QUINIELA_CLI_MAIN_LOOP_H
#define QUINIELA_CLI_MAIN_LOOP_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { MAIN_LOOP_TIMERS_MAX = 2 };

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
    int signals_descriptor; // readable when a signal has come
    int interrupt;          // readable from main_loop_interrupt on: whoever waits for a database gives up
    bool stopping;
    void (*reload)(void *context); // on SIGHUP
    void *context;
};

// Takes over the signals that signals_hold holds back. On success the caller ends it with main_loop_close.
// ERROR_SYSTEM.
bool main_loop_open(struct main_loop *loop, void (*reload)(void *context), void *context,
                    struct error *error) MUST_CHECK;

// Calls `call` again and again, each `every_ms`; for MAIN_LOOP_TIMERS_MAX timers at most.
void main_loop_repeat(struct main_loop *loop, uint64_t every_ms, void (*call)(void *context), void *context);

// Runs until it is to stop, or returns at once if it already is.
void main_loop_run(struct main_loop *loop);

// Handles a signal outside of main_loop_run, if one has come. `loop` is a struct main_loop. Returns false
// when the server is to stop.
bool main_loop_take_signal(void *loop);

// Makes it stop; from any thread.
void main_loop_ask_to_stop(struct main_loop *loop);

// Makes `interrupt` readable.
void main_loop_interrupt(struct main_loop *loop);

// Ends its timers and signals, and frees what it has.
void main_loop_close(struct main_loop *loop);

#endif

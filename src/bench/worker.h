// One thread's share of a run: its agencies, each with its connection, and their events.
#ifndef QUINIELA_BENCH_WORKER_H
#define QUINIELA_BENCH_WORKER_H

#include "base/error.h"
#include "bench/driver_options.h"
#include "bench/sender.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Data shared by the workers of a run.
struct run {
    const struct driver_options *options;
    uint64_t start_ns;
    uint64_t *marks_ns;                // when each DRIVER_MARK_BETS bets were acknowledged, from the start
    atomic_uint_fast64_t acknowledged; // bets
    atomic_bool stopping;              // one worker has failed: the others need not continue
};

struct worker {
    struct run *run;
    struct sender *senders;
    uint32_t sender_count, senders_done;
    struct sender_shared shared;
    int epoll;
};

// Makes an empty worker of `run`, which must outlive it; worker_end ends it.
void worker_init(struct worker *worker, struct run *run);

// Connects the agencies of worker `index`: every `threads`-th one. ERROR_NETWORK, ERROR_SYSTEM,
// ERROR_NO_MEMORY, ERROR_SHUTTING_DOWN.
bool worker_prepare(struct worker *worker, uint32_t index, struct error *error) MUST_CHECK;

// Sends everything and waits for every answer, starting at run->start_ns, or until the run is stopping. Any
// answer but the right one is an error, and so is a central that is silent for a minute.
bool worker_run(struct worker *worker, struct error *error) MUST_CHECK;

// Closes the connections and frees the worker's memory.
void worker_end(struct worker *worker);

#endif

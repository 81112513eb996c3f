// A bounded queue of log lines, and the thread that writes them: threads that log do not wait for the reader.
//
// Lines come out whole and in order. Once a line had no room, nothing goes in until the queue is half empty
// again; the first line then says how many were dropped. Lines whose write fails, as on a full disk, are
// dropped, too; the next that can be written come after a line that says how many, and why.
#ifndef QUINIELA_BASE_LOG_QUEUE_H
#define QUINIELA_BASE_LOG_QUEUE_H

#include "base/error.h"
#include "base/log_gap.h"
#include "base/log_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOG_QUEUE_BYTES = 1024 * 1024,
    LOG_QUEUE_WAIT_MS = 5000, // for room, in total, counted from when the queue was last half empty
    LOG_QUEUE_TICK_MS = 1000,
};

struct log_queue;

struct log_queue_options {
    int descriptor; // where the lines go
    size_t bytes;   // of the queue; at least four lines
    int wait_ms;    // LOG_QUEUE_WAIT_MS
    log_gap_line *tell_lost;
    // Called on the queue's thread, at most every LOG_QUEUE_TICK_MS, after log_queue_want_tick; may add
    // lines.
    void (*tick)(void);
    // Called on the queue's thread before each write (true), and after it (false). NULL: nobody is.
    void (*around)(bool begins);
};

// Starts the thread. ERROR_NO_MEMORY or ERROR_SYSTEM. The caller owns *queue.
bool log_queue_start(const struct log_queue_options *options, struct log_queue **queue,
                     struct error *error) MUST_CHECK;

// Adds whole lines, `lines` of them in `length` bytes; all or none. `waits`: the caller may be held up while
// there is no room. For any thread.
void log_queue_add(struct log_queue *queue, const char *bytes, size_t length, unsigned lines, bool waits);

// Has `tick` called soon.
void log_queue_want_tick(struct log_queue *queue);

// From now on no thread waits for room.
void log_queue_hurry(struct log_queue *queue);

// Waits until everything is written, and nulls the caller's pointer: nothing may be added after that. A
// reader that takes nothing is waited for for at most `flush_ms`, and the thread, which a busy machine may
// keep from running, for LOG_QUEUE_WAIT_MS. True: the thread has ended, and the queue is freed. False: it has
// not. Later it writes the rest and frees the queue, unless the process ends first.
bool log_queue_end(struct log_queue **queue, int flush_ms) MUST_CHECK;

#endif

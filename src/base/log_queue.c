#include "base/log_queue.h"

#include "base/clock.h"
#include "base/log_text.h"
#include "base/signals.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 50 }; // how often a thread that waits checks what else it may wait for, or no longer

static_assert(LOG_LINE_BYTES_MAX <= PIPE_BUF, "a line is written whole, also into a pipe");

struct log_queue {
    struct log_queue_options options;
    pthread_mutex_t mutex;
    pthread_cond_t work; // for the thread
    pthread_cond_t room; // for threads that wait for room, or for the end
    pthread_t thread;
    bool is_idle;    // the thread waits for work
    bool is_writing; // it has taken bytes out that are not written yet
    bool is_hurried, is_ending;
    bool is_left;       // left to the thread, which frees it
    uint64_t lost;      // lines that were left out and not reported yet
    int patience_ms;    // that is still left
    bool wants_tick;    // at:
    uint64_t tick_ms;   // of the steady clock
    struct log_gap gap; // of the thread alone
    size_t begin, used;
    char bytes[];
};

// The ring ------------------------------------------------------------------------------------------------

static void put(struct log_queue *queue, const char *bytes, size_t length) {
    size_t end = (queue->begin + queue->used) % queue->options.bytes;
    size_t first = queue->options.bytes - end < length ? queue->options.bytes - end : length;
    memcpy(queue->bytes + end, bytes, first);
    memcpy(queue->bytes, bytes + first, length - first);
    queue->used += length;
}

// Takes whole lines: as many bytes as a pipe takes in one write without mixing them with others' (pipe(7)).
static size_t take_lines(struct log_queue *queue, char lines[PIPE_BUF]) {
    size_t length = queue->used < PIPE_BUF ? queue->used : PIPE_BUF;
    size_t first =
        queue->options.bytes - queue->begin < length ? queue->options.bytes - queue->begin : length;
    memcpy(lines, queue->bytes + queue->begin, first);
    memcpy(lines + first, queue->bytes, length - first);
    const char *last = memrchr(lines, '\n', length);
    length = last == NULL ? length : (size_t)(last - lines) + 1;
    queue->begin = (queue->begin + length) % queue->options.bytes;
    queue->used -= length;
    return length;
}

static void destroy(struct log_queue *queue) {
    pthread_mutex_destroy(&queue->mutex);
    pthread_cond_destroy(&queue->work);
    pthread_cond_destroy(&queue->room);
    free(queue);
}

// The thread ----------------------------------------------------------------------------------------------

// Returns how many bytes were written, and the errno of a failure: a disk is full, or the reader is gone for
// good. The program must not stop for that.
static size_t write_whole(int descriptor, const char *bytes, size_t length, int *failure) {
    size_t done = 0;
    while (done < length) {
        ssize_t written = write(descriptor, bytes + done, length - done);
        if (written < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = descriptor, .events = POLLOUT}, 1, -1);
        } else if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            *failure = written == 0 ? ENOSPC : errno;
            return done;
        }
    }
    return done;
}

// First says what could not be written before, if anything.
static void write_or_count(struct log_queue *queue, const char *lines, size_t length) {
    struct log_gap *gap = &queue->gap;
    if (gap->lines > 0) {
        char told[LOG_LINE_BYTES_MAX + 1];
        size_t told_length = log_gap_tell(gap, queue->options.tell_lost, told);
        size_t written = write_whole(queue->options.descriptor, told, told_length, &gap->failure);
        if (!log_gap_told(gap, told, told_length, written)) {
            log_gap_widen(gap, lines, length, 0);
            return;
        }
    }
    size_t written = write_whole(queue->options.descriptor, lines, length, &gap->failure);
    log_gap_widen(gap, lines, length, written);
}

static void make_room_known(struct log_queue *queue) {
    if (queue->used <= queue->options.bytes / 2) {
        queue->patience_ms = queue->options.wait_ms;
        if (queue->lost > 0) {
            char line[LOG_LINE_BYTES_MAX];
            put(queue, line, queue->options.tell_lost(queue->lost, 0, line));
            queue->lost = 0;
        }
    }
    pthread_cond_broadcast(&queue->room);
}

static void tell_around(const struct log_queue *queue, bool begins) {
    if (queue->options.around != NULL) {
        queue->options.around(begins);
    }
}

static void write_some(struct log_queue *queue) {
    char lines[PIPE_BUF];
    size_t length = take_lines(queue, lines);
    queue->is_writing = true;
    make_room_known(queue);
    pthread_mutex_unlock(&queue->mutex);
    tell_around(queue, true);
    write_or_count(queue, lines, length);
    tell_around(queue, false);
    pthread_mutex_lock(&queue->mutex);
    queue->is_writing = false;
}

static struct timespec time_at(uint64_t steady_ms) {
    return (struct timespec){.tv_sec = (time_t)(steady_ms / 1000),
                             .tv_nsec = (long)(steady_ms % 1000) * 1000000};
}

static void wait_for_work(struct log_queue *queue) {
    queue->is_idle = true;
    if (queue->wants_tick) {
        struct timespec at = time_at(queue->tick_ms);
        pthread_cond_timedwait(&queue->work, &queue->mutex, &at);
    } else {
        pthread_cond_wait(&queue->work, &queue->mutex);
    }
    queue->is_idle = false;
}

static bool is_time_to_tick(struct log_queue *queue) {
    bool is_time = queue->wants_tick && clock_steady_ms() >= queue->tick_ms;
    queue->wants_tick = queue->wants_tick && !is_time;
    return is_time;
}

static void *run(void *argument) {
    struct log_queue *queue = argument;
    pthread_setname_np(pthread_self(), "log");
    pthread_mutex_lock(&queue->mutex);
    while (!queue->is_ending || queue->used > 0) {
        if (is_time_to_tick(queue)) {
            pthread_mutex_unlock(&queue->mutex);
            queue->options.tick();
            pthread_mutex_lock(&queue->mutex);
        } else if (queue->used > 0) {
            write_some(queue);
        } else {
            wait_for_work(queue);
        }
    }
    pthread_cond_broadcast(&queue->room);
    bool is_ours = queue->is_left;
    pthread_mutex_unlock(&queue->mutex);
    if (is_ours) {
        destroy(queue);
    }
    return NULL;
}

// What others call ----------------------------------------------------------------------------------------

static void init_conditions(struct log_queue *queue) {
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->work, &steady);
    pthread_cond_init(&queue->room, &steady);
    pthread_condattr_destroy(&steady);
    pthread_mutex_init(&queue->mutex, NULL);
}

bool log_queue_start(const struct log_queue_options *options, struct log_queue **result,
                     struct error *error) {
    struct log_queue *queue = malloc(sizeof *queue + options->bytes);
    if (queue == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the log's queue");
    }
    *queue = (struct log_queue){.options = *options, .patience_ms = options->wait_ms};
    init_conditions(queue);
    int failure = pthread_create(&queue->thread, NULL, run, queue);
    if (failure != 0) {
        destroy(queue);
        return error_set_system(error, failure, "cannot start the log's thread");
    }
    *result = queue;
    return true;
}

static bool has_room(const struct log_queue *queue, size_t length) {
    return queue->lost == 0 && queue->options.bytes - queue->used >= length;
}

// Waits while there is patience left. The time waited is measured, because a wait can end early.
static void wait_for_room(struct log_queue *queue, size_t length) {
    while (!has_room(queue, length) && !queue->is_hurried && queue->patience_ms > 0 &&
           !signals_wait_to_end()) {
        uint64_t now_ms = clock_steady_ms();
        struct timespec at = time_at(now_ms + LOOK_MS);
        pthread_cond_timedwait(&queue->room, &queue->mutex, &at);
        queue->patience_ms -= (int)(clock_steady_ms() - now_ms);
    }
}

void log_queue_add(struct log_queue *queue, const char *bytes, size_t length, unsigned lines, bool waits) {
    pthread_mutex_lock(&queue->mutex);
    if (waits && !has_room(queue, length)) {
        wait_for_room(queue, length);
    }
    if (has_room(queue, length)) {
        put(queue, bytes, length);
    } else {
        queue->lost += lines;
    }
    bool wakes = queue->is_idle;
    pthread_mutex_unlock(&queue->mutex);
    if (wakes) {
        pthread_cond_signal(&queue->work);
    }
}

void log_queue_want_tick(struct log_queue *queue) {
    pthread_mutex_lock(&queue->mutex);
    if (!queue->wants_tick) {
        queue->wants_tick = true;
        queue->tick_ms = clock_steady_ms() + LOG_QUEUE_TICK_MS;
        pthread_cond_signal(&queue->work);
    }
    pthread_mutex_unlock(&queue->mutex);
}

void log_queue_hurry(struct log_queue *queue) {
    pthread_mutex_lock(&queue->mutex);
    queue->is_hurried = true;
    pthread_cond_broadcast(&queue->room);
    pthread_mutex_unlock(&queue->mutex);
}

// Else its thread only waits for a processor, or has just had one.
static bool waits_for_reader(const struct log_queue *queue) {
    struct pollfd output = {.fd = queue->options.descriptor, .events = POLLOUT};
    return poll(&output, 1, 0) == 0;
}

// Returns whether everything is written.
static bool wait_for_end(struct log_queue *queue, uint64_t now_ms, int flush_ms) {
    uint64_t until_ms = now_ms + (uint64_t)flush_ms, until_ms_max = now_ms + LOG_QUEUE_WAIT_MS;
    while (queue->used > 0 || queue->is_writing) {
        if (now_ms >= until_ms && (now_ms >= until_ms_max || waits_for_reader(queue))) {
            return false;
        }
        struct timespec at = time_at(now_ms + LOOK_MS);
        pthread_cond_timedwait(&queue->room, &queue->mutex, &at);
        now_ms = clock_steady_ms();
    }
    return true;
}

bool log_queue_end(struct log_queue **pointer, int flush_ms) {
    struct log_queue *queue = *pointer;
    uint64_t now_ms = clock_steady_ms();
    pthread_mutex_lock(&queue->mutex);
    queue->is_ending = queue->is_hurried = true;
    pthread_cond_signal(&queue->work);
    bool written = wait_for_end(queue, now_ms, flush_ms);
    pthread_t thread = queue->thread;
    queue->is_left = !written;
    pthread_mutex_unlock(&queue->mutex);
    *pointer = NULL;
    if (!written) {
        pthread_detach(thread);
        return false;
    }
    pthread_join(thread, NULL);
    destroy(queue);
    return true;
}

#include "base/log_direct.h"

#include "base/clock.h"
#include "base/log_gap.h"
#include "base/log_queue.h"
#include "base/log_text.h"
#include "base/signals.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 50 };

static atomic_int waited_ms; // since the reader last took something

// What could not be written. Programs with one thread write here, and others only before they start more: the
// lock is hardly ever waited for.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct log_gap gap;
static atomic_bool has_gap;

// Waits until a write is possible, or would fail immediately. False when the waiting time is used up, or once
// a signal to end has come.
static bool is_writable(int descriptor) {
    struct pollfd output = {.fd = descriptor, .events = POLLOUT};
    int ready = poll(&output, 1, 0);
    while (ready == 0 && atomic_load(&waited_ms) < LOG_QUEUE_WAIT_MS && !signals_wait_to_end()) {
        uint64_t before_ms = clock_steady_ms();
        ready = poll(&output, 1, LOOK_MS);
        atomic_fetch_add(&waited_ms, (int)(clock_steady_ms() - before_ms));
    }
    return ready != 0;
}

// For a pipe, the bytes that one write takes whole (pipe(7)), cut at a line's end: other writers' lines do
// not mix with them.
static size_t slice_of(const char *bytes, size_t length) {
    if (length <= PIPE_BUF) {
        return length;
    }
    const char *last = memrchr(bytes, '\n', PIPE_BUF);
    return last == NULL ? PIPE_BUF : (size_t)(last - bytes) + 1;
}

// Returns how many bytes were written, and the errno of a write that failed: a disk is full, or the reader is
// gone for good. The program does not stop for that. A reader that has stopped reading leaves *failure at 0.
static size_t write_slice(int descriptor, const char *bytes, size_t length, int *failure) {
    size_t done = 0;
    *failure = 0;
    while (done < length && is_writable(descriptor)) {
        ssize_t written = write(descriptor, bytes + done, length - done);
        if (written > 0) {
            atomic_store(&waited_ms, 0);
            done += (size_t)written;
        } else if (written == 0 || (errno != EINTR && errno != EAGAIN)) {
            *failure = written == 0 ? ENOSPC : errno;
            return done;
        }
    }
    return done;
}

static void widen(const char *bytes, size_t length, size_t written, int failure) {
    pthread_mutex_lock(&mutex);
    gap.failure = failure != 0 ? failure : gap.failure;
    log_gap_widen(&gap, bytes, length, written);
    atomic_store(&has_gap, true);
    pthread_mutex_unlock(&mutex);
}

// Returns whether nothing is left to tell.
static bool tell(int descriptor, log_gap_line *tell_lost) {
    char told[LOG_LINE_BYTES_MAX + 1];
    pthread_mutex_lock(&mutex);
    if (gap.lines > 0 && is_writable(descriptor)) {
        size_t length = log_gap_tell(&gap, tell_lost, told);
        int failure;
        size_t written = write_slice(descriptor, told, length, &failure);
        if (!log_gap_told(&gap, told, length, written) && failure != 0) {
            gap.failure = failure;
        }
    }
    bool done = gap.lines == 0;
    atomic_store(&has_gap, !done);
    pthread_mutex_unlock(&mutex);
    return done;
}

void log_direct_write(int descriptor, const char *bytes, size_t length, log_gap_line *tell_lost) {
    if (atomic_load(&has_gap) && !tell(descriptor, tell_lost)) {
        widen(bytes, length, 0, 0);
        return;
    }
    while (length > 0) {
        size_t slice = slice_of(bytes, length);
        int failure;
        size_t written = write_slice(descriptor, bytes, slice, &failure);
        if (written < slice) {
            widen(bytes, length, written, failure);
            return;
        }
        bytes += slice;
        length -= slice;
    }
}

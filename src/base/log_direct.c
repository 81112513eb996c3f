#include "base/log_direct.h"

#include "base/clock.h"
#include "base/log_queue.h"
#include "base/log_text.h"
#include "base/signals.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 50 };

static atomic_int waited_ms;  // since the reader last took something
static _Atomic uint64_t lost; // lines, not yet reported

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

// Returns true when everything is written, or the reader is gone for good.
static bool write_slice(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        if (!is_writable(descriptor)) {
            return false;
        }
        ssize_t written = write(descriptor, bytes, length);
        if (written > 0) {
            atomic_store(&waited_ms, 0);
            bytes += written;
            length -= (size_t)written;
        } else if (written == 0 || (errno != EINTR && errno != EAGAIN)) {
            return true; // the program does not stop for that
        }
    }
    return true;
}

static unsigned count_lines(const char *bytes, size_t length) {
    unsigned lines = 0;
    for (const char *end = bytes + length; (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL;
         bytes++) {
        lines++;
    }
    return lines;
}

static void tell(int descriptor, size_t (*tell_lost)(uint64_t lines, char *line)) {
    uint64_t lines = atomic_exchange(&lost, 0);
    if (lines > 0) {
        char line[LOG_LINE_BYTES_MAX];
        if (!write_slice(descriptor, line, tell_lost(lines, line))) {
            atomic_fetch_add(&lost, lines);
        }
    }
}

void log_direct_write(int descriptor, const char *bytes, size_t length,
                      size_t (*tell_lost)(uint64_t lines, char *line)) {
    if (atomic_load(&lost) > 0 && is_writable(descriptor)) {
        tell(descriptor, tell_lost);
    }
    while (length > 0) {
        size_t slice = slice_of(bytes, length);
        if (!write_slice(descriptor, bytes, slice)) {
            atomic_fetch_add(&lost, count_lines(bytes, length));
            return;
        }
        bytes += slice;
        length -= slice;
    }
}

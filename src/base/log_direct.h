// Log lines, written by the thread that logs: for programs that end soon, and for the time before the log's
// own thread (log_queue.h) starts.
#ifndef QUINIELA_BASE_LOG_DIRECT_H
#define QUINIELA_BASE_LOG_DIRECT_H

#include "base/log_gap.h"

#include <stddef.h>

// Writes whole lines. If nobody reads, it waits: at most LOG_QUEUE_WAIT_MS in total since the reader last
// took something, and no longer once a signal to end has come. Lines that cannot be written are dropped; the
// next that can be written come after the line that `tell_lost` makes of their number. For any thread.
void log_direct_write(int descriptor, const char *bytes, size_t length, log_gap_line *tell_lost);

#endif

// Log lines, written by the thread that logs: for programs that end soon, and until the log's own thread
// (log_queue.h) starts.
#ifndef QUINIELA_BASE_LOG_DIRECT_H
#define QUINIELA_BASE_LOG_DIRECT_H

#include <stddef.h>
#include <stdint.h>

// Writes whole lines. Where nobody reads it waits: LOG_QUEUE_WAIT_MS in all since somebody last did, and no
// longer once a signal to end has come. What cannot be written is dropped; the next write that succeeds
// begins with the line that `tell_lost` makes of their number. For any thread.
void log_direct_write(int descriptor, const char *bytes, size_t length,
                      size_t (*tell_lost)(uint64_t lines, char *line));

#endif

// Log lines, written by whoever has something to say: for programs that end soon, and for the time before the
// log's thread (log_queue.h) starts.
#ifndef QUINIELA_BASE_LOG_DIRECT_H
#define QUINIELA_BASE_LOG_DIRECT_H

#include <stddef.h>
#include <stdint.h>

// Writes whole lines, and waits where nobody reads: LOG_QUEUE_WAIT_MS in all, from when somebody did
// last, and not once a signal to end has come. What cannot be written is left out; the next write that can be
// begins with what `tell_lost` makes of how many that were. For any thread.
void log_direct_write(int descriptor, const char *bytes, size_t length,
                      size_t (*tell_lost)(uint64_t lines, char *line));

#endif

// Log lines on standard output: `YYYY-MM-DD HH:MM:SS LEVEL    action: … | result: … | key: value`.
// A line leaves in one write. Lines of several threads never mix.
#ifndef QUINIELA_BASE_LOG_H
#define QUINIELA_BASE_LOG_H

#include "base/attributes.h"

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR, LOG_LEVEL_CRITICAL };

enum log_result { LOG_SUCCESS, LOG_FAIL, LOG_IN_PROGRESS };

// The level with that name (any case; WARN, TRACE and FATAL are understood too) into *level. Returns false
// when there is none such; *level is then as it was.
bool log_level_parse(const char *name, enum log_level *level) MUST_CHECK;

// Lines below `level` are dropped from now on. INFO at the start of the program. For any thread.
void log_set_level(enum log_level level);

// Whether a line of this level would be written.
bool log_enabled(enum log_level level);

// Writes one line. `fields` is a printf format of what follows action and result ("ip: %s | port: %d"), or
// NULL for nothing. Control characters in the values come out as '?'. A longer line than LOG_LINE_BYTES_MAX
// is cut.
void log_event(enum log_level level, const char *action, enum log_result result, const char *fields, ...)
    PRINTF_LIKE(4, 5);

// Between log_hold and log_release the calling thread's lines are gathered and leave together, in their
// order: one write for many lines. Calls do not nest.
void log_hold(void);
void log_release(void);

#endif

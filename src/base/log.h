// Log lines on standard output: `YYYY-MM-DD HH:MM:SS LEVEL    action: … | result: … | key: value`.
// A line leaves in one write. Lines of several threads never mix. A reader that does not read blocks nobody
// forever: after a while lines are dropped, and a line says how many.
//
// From log_start to log_end a thread of its own does the writing, as soon as there is something: what a
// process has said when it is killed, and that thread has not written yet, is lost.
#ifndef QUINIELA_BASE_LOG_H
#define QUINIELA_BASE_LOG_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
// NULL for nothing. Values are made harmless (log_text.h): in them control characters come out as '?', and so
// does a '|' that would begin another field. A longer line than LOG_LINE_BYTES_MAX is cut.
void log_event(enum log_level level, const char *action, enum log_result result, const char *fields, ...)
    PRINTF_LIKE(4, 5);

struct log_field {
    const char *name; // a string constant
    const char *text; // NULL: the field is left out
};

// The same where not every line of an action has the same fields.
void log_fields(enum log_level level, const char *action, enum log_result result,
                const struct log_field *fields, size_t count);

// Who has caused a line, where it can be caused as often as somebody likes.
struct log_source {
    const char *error;  // a string constant: lines of one action and error are counted as one. NULL: none
    uint64_t number;    // the other side's address as one; 0: whose it is does not matter
    bool is_said_again; // the caller will try again with what is not written now
};

// The same, but no more than LOG_LIMIT_LINES a second of one action, error and address, and no more than
// LOG_LIMIT_BYTES a second of all such lines together. How many were left out is told once a second: `action:
// log | result: success | left_out: N | of: ACTION ERROR`. Returns false when it was left out.
bool log_event_limited(const struct log_source *source, enum log_level level, const char *action,
                       enum log_result result, const char *fields, ...) PRINTF_LIKE(5, 6);

// Between log_hold and log_release the calling thread's lines are gathered and leave together, in their
// order: one write for many lines. Calls do not nest.
void log_hold(void);
void log_release(void);

// Starts the thread that writes. Whatever is to hold for it (confine.h) has to come before. ERROR_NO_MEMORY
// or ERROR_SYSTEM.
bool log_start(struct error *error) MUST_CHECK;

// Lets the calling thread wait where there is no room for its lines: for five seconds in all, from when there
// was room last; not once a signal to end has come. All other threads never wait.
void log_wait_for_room(void);

// The program is about to end: nobody waits for room any longer.
void log_hurry(void);

// Ends that thread, after half a second at the latest, with everything written that could be. Only one thread
// may still be at work; nothing that it says from then on is sure to be written.
void log_end(void);

#endif

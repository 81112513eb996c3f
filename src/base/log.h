// Log lines on standard output: `YYYY-MM-DD HH:MM:SS LEVEL    action: … | result: … | key: value`, or each a
// JSON object (log_json.h).
// A line leaves in one write. Lines of several threads never mix. A reader that stops reading does not block
// anyone forever: after a while lines are dropped, and a line says how many. So it is when they cannot be
// written, as on a full disk.
//
// From log_start to log_end a separate thread does the writing, as soon as there is something to write. If
// the process is killed, lines that this thread has not written yet are lost.
#ifndef QUINIELA_BASE_LOG_H
#define QUINIELA_BASE_LOG_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR, LOG_LEVEL_CRITICAL };

enum log_result { LOG_SUCCESS, LOG_FAIL, LOG_IN_PROGRESS };

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

// Sets *level to the level with that name (any case; WARN, TRACE and FATAL are understood too). Returns
// false, and leaves *level unchanged, when there is no such level.
bool log_level_parse(const char *name, enum log_level *level) MUST_CHECK;

// From now on lines are appended to the file at `path`, in place of standard output. For the first thread,
// before log_start. Errors are those of log_file_open, and of path_resolve.
bool log_set_file(const char *path, struct error *error) MUST_CHECK;

// Opens the log's file again by its name: the one that was open may have been moved away. A line says so. If
// it cannot be opened, the one that was open stays, a line warns, and the errors are those of log_file_open.
// True, and nothing happens, if the log has no file. For one thread at a time.
bool log_reopen(struct error *error);

// Lines below `level` are dropped from now on. INFO at the start of the program. For any thread.
void log_set_level(enum log_level level);

// What lines look like from now on. Text at the start of the program. For the first thread, while it is
// alone.
void log_set_format(enum log_format format);

// Whether a line of this level would be written.
bool log_enabled(enum log_level level);

// Writes one line. `fields` is a printf format for the text after action and result ("ip: %s | port: %d"), or
// NULL for nothing. Values are made harmless (log_text.h): control characters in them become '?', and so does
// a '|' that would begin another field. A line longer than LOG_LINE_BYTES_MAX is cut.
void log_event(enum log_level level, const char *action, enum log_result result, const char *fields, ...)
    PRINTF_LIKE(4, 5);

struct log_field {
    const char *name; // a string constant
    const char *text; // NULL: the field is left out
};

// The same, for an action whose lines do not all have the same fields.
void log_fields(enum log_level level, const char *action, enum log_result result,
                const struct log_field *fields, size_t count);

// The cause of a line that outsiders can cause as often as they like.
struct log_source {
    const char *error;  // a string constant: lines of one action and error are counted together. NULL: none
    uint64_t number;    // the other side's address as a number; 0: its address does not matter
    bool is_said_again; // the caller will try again to write a line that is left out now
};

// The same, but at most LOG_LIMIT_LINES a second of one action, error and address, and at most
// LOG_LIMIT_BYTES a second of all such lines together. Once a second, a line tells how many were left out:
// `action: log | result: success | left_out: N | of: ACTION ERROR`. Returns false when the line was left out.
bool log_event_limited(const struct log_source *source, enum log_level level, const char *action,
                       enum log_result result, const char *fields, ...) PRINTF_LIKE(5, 6);

// Has `around` called before lines are written (true) and after that (false), by the thread that writes them;
// NULL: from now on nothing is. For what else is shown on the same terminal, and has to make room. It must
// not log. For any thread.
void log_set_beside(void (*around)(bool begins));

// Between log_hold and log_release the calling thread's lines are gathered, and leave together in their
// order: one write for many lines. Calls do not nest.
void log_hold(void);
void log_release(void);

// Starts the thread that writes. Restrictions that should apply to it (confine.h) must come first.
// ERROR_NO_MEMORY or ERROR_SYSTEM.
bool log_start(struct error *error) MUST_CHECK;

// Lets the calling thread wait when there is no room for its lines: for five seconds in total, counted from
// when there was last room; but no longer once a signal to end has come. All other threads never wait.
void log_wait_for_room(void);

// The program is about to end: no thread waits for room any longer.
void log_hurry(void);

// Ends that thread, after half a second at the latest where nobody reads, with everything written that could
// be. Only the calling thread may still be running; lines that it logs from then on may be lost.
void log_end(void);

#endif

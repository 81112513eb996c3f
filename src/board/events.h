// What one reader of the board's events has been told, and what comes next (server-sent events: WHATWG, HTML
// Living Standard, section 9.2). Nothing is queued for a reader that is slow: when it has room again it is
// told how things stand by then.
#ifndef QUINIELA_BOARD_EVENTS_H
#define QUINIELA_BOARD_EVENTS_H

#include "board/arguments.h"
#include "board/history.h"
#include "board/rows_kept.h"
#include "board/view.h"

enum {
    DRAW_EVERY_MS = 5000,          // also where nothing has changed
    AGENCIES_EVERY_MS = 1000,      // at most so often
    AGENCIES_MANY = 2000,          // and when so many have changed,
    AGENCIES_MANY_EVERY_MS = 3000, // so often
    COMMENT_EVERY_MS = 15000,      // so that whoever is between keeps the connection
};

struct events {
    bool is_begun;                             // the first events were told
    bool knows_agencies;                       // as of `version`
    uint64_t version;                          // of the last rows of agencies
    uint64_t draw_version;                     // of the last draw
    uint64_t draw_ms, agencies_ms, comment_ms; // when each was told last, by the steady clock
    uint64_t steps;                            // of the history, so far
    time_t steps_until;                        // when the last of them ended
};

// What there is to tell.
struct events_of {
    const struct board_view *view;
    const struct history *history;
    const char *epoch;
    uint64_t now_ms;        // of the steady clock
    struct rows_kept *rows; // of all readers
};

// `last_id` is the id of the last event that the reader had before it came (back), or NULL. Whoever comes
// back to the same epoch is told what has changed since, everybody else all.
void events_begin(struct events *events, const char *epoch, const char *last_id);

// Makes the text of what is due, with malloc, the caller's; *length 0 and *text NULL: nothing is. False when
// there is no memory: then the reader is to come back.
bool events_next(struct events *events, const struct events_of *of, char **text, size_t *length) MUST_CHECK;

#endif

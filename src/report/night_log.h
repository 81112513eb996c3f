// What a server's log says of a night: when each agency's chunks were stored, who was refused, when servers
// started. A log is anybody's text: what is no line of ours is skipped, and everything kept is bounded.
#ifndef QUINIELA_REPORT_NIGHT_LOG_H
#define QUINIELA_REPORT_NIGHT_LOG_H

#include "report/draw_names.h"
#include "report/facts.h"
#include "report/flow.h"
#include "report/log_clock.h"
#include "report/servers.h"
#include "report/stretch.h"
#include "report/tally.h"

#include <stdio.h>

enum {
    NIGHT_LOG_LINE_BYTES_MAX = 8 * 1024, // what is longer is skipped
    NIGHT_LOG_SPELLS_MAX = 100 * 1000,   // of all agencies; from then on each agency's are as they are
    NIGHT_LOG_BEFORE_S = 2,              // how much earlier than the opening a line of its night may be
    NIGHT_LOG_AFTER_S = 60,              // how much later the line of the opening may be
};

// Whose draw the lines are about.
enum night_log_draw {
    NIGHT_LOG_ANY,         // no line has said it
    NIGHT_LOG_OURS,        // this one
    NIGHT_LOG_OTHER_NIGHT, // one of the same name, of another night: in another store
    NIGHT_LOG_OTHER
};

// Whether its times can be told.
enum night_log_verdict {
    NIGHT_LOG_FITS,
    NIGHT_LOG_NO_LINE,     // none is about this draw
    NIGHT_LOG_OTHER_DRAWS, // all are about others, which it names
    NIGHT_LOG_OTHER_ZONE,  // moments that the store has, too, are at other times
    NIGHT_LOG_UNCHECKED,   // it has none that the store has, too
};

struct night_log {
    const struct facts *facts;
    struct draw_names draw;
    int64_t from, until, silence_s; // chunks out of this time are of another draw
    int64_t next_at;                // from then on the draw's name is another night's; 0: it is not

    uint64_t lines, unknown;       // that were read; that were none of a log
    int64_t first_at, last_at;     // of the lines about this draw; 0: there are none
    struct stretch *agencies;      // one for each of the facts
    struct flow flow;              // bets
    struct tally refused;          // what was answered with an error
    uint64_t bets, lost, left_out; // bets stored; lines that the log says are missing; and left out
    uint64_t spells;
    bool has_no_room; // for more silent spells
    struct log_clock clock;
    uint64_t others; // starts for other draws, or for another night's of the same name
    bool has_text;   // some of the lines about this draw have a time without a zone
    bool is_named;   // a start was for this draw
    struct servers servers;
    enum night_log_draw which; // draw that the lines are about
};

// Begins it for the draw named `draw`; nothing later than `until` is of its night. Both must outlive it.
// ERROR_NO_MEMORY. Ended by night_log_end.
bool night_log_begin(struct night_log *log, const struct facts *facts, const char *draw, int64_t until,
                     int64_t silence_s, struct error *error) MUST_CHECK;
void night_log_end(struct night_log *log);

// Reads one of its files, to its end. ERROR_SYSTEM when it cannot be read; ERROR_NO_MEMORY.
bool night_log_read(struct night_log *log, FILE *stream, struct error *error) MUST_CHECK;

// After the last file: silences last until each agency's end. ERROR_NO_MEMORY.
bool night_log_settle(struct night_log *log, struct error *error) MUST_CHECK;

// After that: whether its times can be told, or why not. They are not where this machine's zone (TZ) is not
// the server's, or nothing tells that it is.
enum night_log_verdict night_log_judge(const struct night_log *log);

// Whether the log has not just those bets of that agency that the store has. Then nobody can tell its first
// bet, its last one and its silences: a hole in a log looks like a silence.
bool night_log_lacks(const struct night_log *log, size_t agency);

#endif

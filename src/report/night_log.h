// What a server's log says of a night: when each agency's chunks were stored, who was refused, when servers
// started. A log is anybody's text: what is no line of ours is skipped, and everything kept is bounded.
#ifndef QUINIELA_REPORT_NIGHT_LOG_H
#define QUINIELA_REPORT_NIGHT_LOG_H

#include "report/facts.h"
#include "report/flow.h"
#include "report/stretch.h"
#include "report/tally.h"

#include <stdio.h>

enum {
    NIGHT_LOG_LINE_BYTES_MAX = 8 * 1024, // what is longer is skipped
    NIGHT_LOG_SPELLS_MAX = 100 * 1000,   // of all agencies; from then on each agency's are as they are
    NIGHT_LOG_STARTS_MAX = 50,
    NIGHT_LOG_OFF_S = 120, // how far a time of the log may be from the store's
};

struct night_log {
    const struct facts *facts;
    const char *draw;
    int64_t from, until, silence_s; // chunks out of this time are of another draw

    uint64_t lines, unknown;       // that were read; that were none of a log
    int64_t first_at, last_at;     // of the lines about this draw; 0: there are none
    struct stretch *agencies;      // one for each of the facts
    struct flow flow;              // bets
    struct tally refused;          // what was answered with an error
    uint64_t bets, lost, left_out; // bets stored; lines that the log says are missing; and left out
    uint64_t spells;
    bool has_no_room;       // for more silent spells
    uint64_t fits, misfits; // ends of agencies at the time that the store has, and at another one
    struct night_log_misfit {
        uint32_t agency;
        int64_t at, stored_at; // of the first that does not fit
    } misfit;
    struct night_log_start {
        int64_t at;
        bool was_killed; // the server before had not ended
    } starts[NIGHT_LOG_STARTS_MAX];
    size_t start_count;                                            // in all
    enum { NIGHT_LOG_ANY, NIGHT_LOG_OURS, NIGHT_LOG_OTHER } which; // draw that the lines are about
    bool is_running;                                               // a server has started, and not ended
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

// Whether its times can be used: agencies' ends are when the store has them. They are not where this
// machine's zone (TZ) is not the server's.
bool night_log_fits(const struct night_log *log);

#endif

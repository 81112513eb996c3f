// Which servers a log is of, when each started, and how that ended. Logs of several are read one after the
// other. A log does not name its server: what tells them apart is the address of their line `config`, and
// that the log of one does not go back in time.
#ifndef QUINIELA_REPORT_SERVERS_H
#define QUINIELA_REPORT_SERVERS_H

#include "seal/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SERVERS_MAX = 32,
    SERVERS_RUNS_MAX = 1000,
    SERVERS_NAME_BYTES = 80,
    SERVERS_BACK_S = 5, // so far a clock may be set back between an end and a start
};

// From a start for this draw to its end. Times are seconds since 1970.
struct server_run {
    size_t server;      // its place in the list
    int64_t from, last; // the start, 0 where the log that was given begins later; its last line
    enum server_end {
        SERVER_HAS_NO_END, // it works on, or was killed and not started again
        SERVER_ENDED,
        SERVER_KILLED // it started again, and had not ended
    } end;
};

// All zeros: nothing was read.
struct servers {
    struct server {
        char name[SERVERS_NAME_BYTES]; // "127.0.0.1:12345", "*:12345"; "": no line that was read names it
        struct server_run *run;        // that has no end yet; NULL: there is none
        int64_t last;                  // of its lines
    } list[SERVERS_MAX];
    size_t count;
    bool has_left_out; // a server had no room in the list, and is told of nowhere
    struct server_run runs[SERVERS_RUNS_MAX];
    size_t run_count;       // of the servers in the list, in all
    struct server *current; // whose lines are read; NULL: one that has not been seen yet
    bool begins_file, is_starting;
};

// The next file begins: its lines are the same server's, unless they go back in time.
void servers_next_file(struct servers *servers);

// Any line but that of a config; and the lines that say what a server does: it begins to start, at that
// address; has opened a draw, this one or another; listens; has stored bets of this draw; has ended.
void servers_take_line(struct servers *servers, int64_t at);
void servers_take_config(struct servers *servers, struct slice ip, struct slice port, int64_t at);
void servers_take_open(struct servers *servers, bool is_this_draw, int64_t at);
void servers_take_listen(struct servers *servers, struct slice ip, struct slice port);
void servers_take_bets(struct servers *servers, int64_t at);
void servers_take_end(struct servers *servers);

// How many runs are kept.
static inline size_t servers_kept(const struct servers *servers) {
    return servers->run_count < SERVERS_RUNS_MAX ? servers->run_count : SERVERS_RUNS_MAX;
}

// The run of the same server before that one; NULL: there is none.
const struct server_run *servers_run_before(const struct servers *servers, const struct server_run *run);

// The first time from `after` on in which no server was up, until one started. False: there is none; also
// where not every server or run could be kept.
struct outage {
    int64_t from, to;
};
bool servers_next_outage(const struct servers *servers, int64_t after, struct outage *outage);

#endif

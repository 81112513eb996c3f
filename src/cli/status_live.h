// What only the running servers know of a draw: who is silent, how fast bets come, how many connections there
// are.
#ifndef QUINIELA_CLI_STATUS_LIVE_H
#define QUINIELA_CLI_STATUS_LIVE_H

#include "cli/control_call.h"
#include "ledger/order.h"

enum { STATUS_SILENT_MAX = 20, STATUS_SERVERS_MAX = 16 };

struct status_silent {
    uint32_t agency;
    bool is_heard; // not set: no server that was asked has heard of it since it started
    uint64_t silent_s;
    char heard_at[STORE_TIME_BYTES];
    uint64_t bets; // stored
};

struct status_server {
    char version[32], since[STORE_TIME_BYTES];
    uint64_t pid, up_s, connections, busy_ms;
    double rate_10s, rate_60s; // bets a second; of a server that has not run that long, since it started
    bool store_fails;
    char
        seal_fails[ERROR_TEXT_BYTES]; // why a signed draw's seal or result cannot be made or kept; "": it can
};

struct status_live {
    bool is_there;       // a server of this store and this draw has answered
    char trouble[512];   // otherwise why not
    bool is_named;       // only the server that CONTROL names was asked, and the store may have others
    char no_answer[512]; // why one on this machine did not answer; "": all did
    size_t server_count; // those that did
    struct status_server servers[STATUS_SERVERS_MAX]; // of them, as many as there is room for
    struct status_server
        all; // together; `since` and `up_s` are of the one that started last, `pid` of the first
    // Of the agencies that were asked about: how many none of them has heard of, how many have been silent at
    // all of them for a minute or more, and the longest silent ones.
    uint64_t never, quiet;
    struct status_silent silent[STATUS_SILENT_MAX];
    size_t silent_count;
};

#endif

// What only the running server knows of a draw: who is silent, how fast bets come, how many connections there
// are.
#ifndef QUINIELA_CLI_STATUS_LIVE_H
#define QUINIELA_CLI_STATUS_LIVE_H

#include "cli/control_call.h"
#include "ledger/order.h"

enum { STATUS_SILENT_MAX = 20 };

struct status_silent {
    uint32_t agency;
    bool is_heard; // not set: the server has not heard of it since it started
    uint64_t silent_s;
    char heard_at[STORE_TIME_BYTES];
    uint64_t bets; // stored
};

struct status_live {
    bool is_there;     // a server of this store and this draw has answered
    char trouble[512]; // otherwise why not
    char version[32], since[STORE_TIME_BYTES];
    uint64_t pid, up_s, connections, bets_10s, bets_60s, busy_ms;
    bool store_fails;
    // Of the agencies that were asked about: how many the server has not heard of, how many have been silent
    // for a minute or more, and the longest silent ones.
    uint64_t never, quiet;
    struct status_silent silent[STATUS_SILENT_MAX];
    size_t silent_count;
};

// Asks the server of that store and draw about the agencies that are missing (as many of them as one order
// has room for), for a few seconds at most.
void status_live_ask(const struct control_call_options *options, const struct order_status *missing,
                     struct status_live *live);

// Bets a second in the last 10 or 60 seconds; of a server that has not run that long, since it started.
double status_live_rate(const struct status_live *live, uint64_t seconds);

#endif

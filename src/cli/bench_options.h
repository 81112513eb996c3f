// The benchmark's options. Its table of settings (bench_options.c) fills them in.
#ifndef QUINIELA_CLI_BENCH_OPTIONS_H
#define QUINIELA_CLI_BENCH_OPTIONS_H

#include "base/log.h"
#include "base/settings.h"

struct bench_options {
    struct settings *settings; // where each value was set

    // The central.
    const char *server_address, *consult_address; // consult_address: NULL when it is the same
    const char *certificates;                     // directory, or NULL for plain text
    bool self;                                    // start a central

    // With `self`.
    const char *dir;
    const char *store;   // or NULL: a new one in `dir`
    const char *program; // or NULL: this one
    int loops;           // 0 when not set
    enum log_level log_level;
    bool keep;

    // The load.
    uint32_t agencies, chunk_size, window, threads;
    uint64_t bets;
    uint64_t rate;       // bets per second; 0: as fast as possible
    const char *payload; // or NULL: made-up bets
    bool prepared, classic, receipts;

    // The draw.
    bool draw;
    uint32_t hold;

    // Simulated polling.
    uint32_t poll; // 0 when not set: no simulation
    uint32_t poll_base_ms, poll_cap_ms, poll_draw_ms;

    // Output.
    bool json, csv;
};

extern const struct settings_command bench_command;

// Whether the settings go together. ERROR_BAD_SETTING, naming what does not.
bool bench_options_check(const struct bench_options *options, struct error *error) MUST_CHECK;

#endif

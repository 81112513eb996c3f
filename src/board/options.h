// What a board is opened with.
#ifndef QUINIELA_BOARD_OPTIONS_H
#define QUINIELA_BOARD_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct board_page;
struct counter_table;
struct notice;
struct number_counts;
struct process;
struct pulse;
struct store;

// Everything that is pointed to is the caller's, and lives until board_close has returned.
struct board_options {
    // Opens the server's own store once more, to read its draw. Called on the board's thread; the board owns
    // the result.
    bool (*open_reader)(void *context, struct store **store, struct error *error);
    void *context;          // of all functions here
    unsigned read_every_ms; // while somebody asks; 0: READ_EVERY_MS (reader.h). Tests are less patient
    const char *draw, *version;
    const struct pulse *pulse;
    struct notice *notice; // NULL: nothing is signed here
    struct number_counts *numbers;
    uint64_t (*connections)(void *context); // of agencies
    bool (*is_draining)(void *context);
    const struct counter_table *const *tables; // for /metrics
    size_t table_count;
    const struct board_page *page; // NULL in tests: there is none
    const char *verify_page;       // the page that checks draws; NULL: there is none
    size_t verify_page_length;
    struct board_places {
        const char *store, *audit_log, *log, *seals;
    } places;                                    // folders or files whose disk is measured; NULL: none
    const struct process *process;               // for /metrics; NULL: what there is without it
    time_t (*certificate_expiry)(void *context); // 0: none
    // False: never. Called on the board's thread. NULL: the store has no backup of its own.
    bool (*last_backup)(void *context, time_t *at, uint64_t *bytes);
};

#endif

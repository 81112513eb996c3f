// The server's board, from its settings: where it is, what it shows, and its life beside the lottery's.
//
//   boarding_bind (all privileges) → boarding_open (the ledger's thread runs) → boarding_start →
//   boarding_close
#ifndef QUINIELA_CLI_BOARDING_H
#define QUINIELA_CLI_BOARDING_H

#include "board/process.h"
#include "cli/board_place.h"
#include "cli/server_options.h"
#include "cli/verify_page.h"

#include <limits.h>

struct board;
struct http;
struct notice;
struct number_counts;
struct pulse;
struct store;

// What of the server the board looks at. All of it lives until boarding_close.
struct boarding_view {
    // Any thread may call these.
    bool (*open_reader)(void *context, const char *draw, struct store **store, struct error *error);
    uint64_t (*connections)(void *context); // of agencies
    bool (*is_draining)(void *context);
    time_t (*certificate_expiry)(void *context); // of whichever file expires first; 0: none
    void *context;
    const struct pulse *pulse;
    struct notice *notice;
    struct number_counts *numbers;
    const char *seal_dir; // "" for none
};

// All zeros: there is none.
struct boarding {
    const struct server_options *options;
    struct board_place place;
    struct boarding_view view;
    struct verify_page verify_page;
    struct process process;
    struct board *board;
    struct http *http;
};

// How many descriptors the board may take, its connections' and its own; 0: there is none. They are not the
// agencies'. Refused are HTTP_CONNECTIONS_MAX that would leave the agencies less than half of what this
// process may have. ERROR_BAD_SETTING.
bool boarding_descriptors(const struct server_options *options, const struct listening *listening,
                          uint32_t *count, struct error *error) MUST_CHECK;

// Binds the board's sockets, if there is to be one, with the privileges of the start, and warns when others
// than this machine reach them. Opens what the metrics read of this process, and is then out of reach. Makes
// the page that checks draws, where `notary` signs this one. Errors as board_place_bind and verify_page_make.
bool boarding_bind(struct boarding *boarding, const struct server_options *options,
                   const struct listening *listening, const struct notary *notary,
                   struct error *error) MUST_CHECK;

// Opens what it shows. Does nothing where there is none. ERROR_NO_MEMORY, ERROR_SYSTEM.
bool boarding_open(struct boarding *boarding, const struct boarding_view *view,
                   struct error *error) MUST_CHECK;

// Lets whoever connects in, on http's thread. ERROR_SYSTEM.
bool boarding_start(struct boarding *boarding, struct error *error) MUST_CHECK;

// Says where it is.
void boarding_log(const struct boarding *boarding);

// Ends the thread and every connection, and frees everything. Waits for a database have been interrupted
// (store_interrupt_on).
void boarding_close(struct boarding *boarding);

#endif

// The board: how the night goes, for whoever asks over HTTP. It reads the store beside the server's own, on a
// thread of its own (reader.h), so that a store that hangs keeps nobody from an answer: then the answer is
// the last that was known, and says since when.
//
// All functions but board_open and board_close are called on http's one thread.
#ifndef QUINIELA_BOARD_BOARD_H
#define QUINIELA_BOARD_BOARD_H

#include "base/error.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct board;
struct board_page;
struct counter_table;
struct notice;
struct number_counts;
struct pulse;
struct store;

// Everything that is pointed to is the caller's, and lives until board_close has returned.
struct board_options {
    // Opens the server's own store once more, to read its draw. Called on the board's thread; the board owns
    // the result.
    bool (*open_reader)(void *context, struct store **store, struct error *error);
    void *context; // of all functions here
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
    time_t (*certificate_expiry)(void *context); // 0: none
    bool (*last_backup)(void *context, time_t *at, uint64_t *bytes); // false: never
};

// Makes the board, copies *options, and begins to read. On success the caller owns *board. ERROR_NO_MEMORY,
// ERROR_SYSTEM.
bool board_open(const struct board_options *options, struct board **board, struct error *error) MUST_CHECK;

// Ends its thread, frees it and nulls the caller's pointer; NULL inside is fine. A wait for a database must
// have been interrupted (store_interrupt_on), or this waits for its end. Nothing may call the board any more.
void board_close(struct board **board);

// As struct http_options wants them; its `context` is the board.
void board_answer(void *board, const struct http_request *request, struct http_answer *answer);
bool board_stream_begin(void *board, const char *last_id, void **stream);
bool board_stream_next(void *board, void *stream, char **text, size_t *length);
void board_stream_end(void *board, void *stream);
void board_tick(void *board);

#endif

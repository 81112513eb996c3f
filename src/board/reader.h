// The thread that reads the store for the board, and measures what else may take long: a store or a disk
// that hangs keeps nobody else waiting.
#ifndef QUINIELA_BOARD_READER_H
#define QUINIELA_BOARD_READER_H

#include "board/snapshot.h"

enum {
    READ_EVERY_MS = 1000,         // while somebody wants to know
    READ_STEP_S = 10,             // and otherwise, whenever the seconds since 1970 are a multiple of it
    READ_WANTED_MS = 5000,        // how long a wish lasts
    READ_REST_MS_MAX = 10 * 1000, // after one that took long; within STORE_UNREAD_S_MAX it is read again
    READ_HANGS_MS = 5000,         // from when on a reading that has not ended is trouble
};

struct reader;
struct pulse;
struct store;

// The thread calls `open`, of a store in a file for each reading, of a database at first and after each
// failure; the reader owns the result.
struct reader_options {
    bool (*open)(void *context, struct store **store, struct error *error);
    void *context;
    const struct pulse *pulse;
    const struct board_options *measured; // what is measured with each reading (measures.h)
    unsigned every_ms;                    // 0: READ_EVERY_MS
};

// For how long it rests after a reading that took `took_ms`, and `used_ms` of that the processor: so that a
// large draw costs the server's cores little, and a store that is slow, which others may wait for, is read at
// most half of the time.
uint64_t reader_rest_ms(uint64_t took_ms, uint64_t used_ms);

// Begins to read at once. On success the caller owns *reader. ERROR_NO_MEMORY, ERROR_SYSTEM.
bool reader_start(const struct reader_options *options, struct reader **reader,
                  struct error *error) MUST_CHECK;

// Waits until what it is at has ended, and frees it. NULL inside is fine.
void reader_stop(struct reader **reader);

// Somebody wants to know: from now on it reads often, for a while. Any thread.
void reader_want(struct reader *reader);

// The newest snapshot, the caller's now; NULL: none since the last call.
struct board_snapshot *reader_take(struct reader *reader);

// For how many milliseconds it has been at one reading; 0: it is at none.
uint64_t reader_busy_ms(struct reader *reader);

#endif

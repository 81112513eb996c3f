// What the audit log says of a night: who gave which order, who was refused, when servers started; and
// whether its chain holds.
#ifndef QUINIELA_REPORT_ORDERS_H
#define QUINIELA_REPORT_ORDERS_H

#include "audit/read.h"
#include "report/tally.h"
#include "wire/json.h"

enum {
    ORDERS_MAX = 500, // that are told
    ORDERS_STARTS_MAX = 50,
    ORDERS_TEXT_BYTES = 512,
    ORDERS_USER_BYTES = 64,
    ORDERS_RESULT_BYTES = 48,
};

struct order_told {
    int64_t at; // seconds since 1970
    char text[ORDERS_TEXT_BYTES], user[ORDERS_USER_BYTES], result[ORDERS_RESULT_BYTES];
};

struct orders {
    const char *draw;
    bool hides_numbers; // of orders: the draw is not made yet
    struct chain chain;
    char broken[ERROR_TEXT_BYTES]; // what is wrong with it, and where; "" when it holds
    int64_t first_at, last_at;
    struct order_told *list;
    size_t count; // in all
    struct order_start {
        int64_t at;
        bool was_killed; // the server before had not recorded its end
    } starts[ORDERS_STARTS_MAX];
    size_t start_count; // in all
    struct tally refused;
    uint64_t connected, suppressed, lost;
    int64_t root_at;        // when the seal was known; 0: it is not recorded
    bool is_ours, is_known; // whether the last start was for this draw; there was one
    bool ends_in_fragment;  // a record that is being written, or was when the server was killed

    struct json_parser *parser;
};

// Begins with no record. ERROR_NO_MEMORY. Ended by orders_end, also after a failure.
bool orders_begin(struct orders *orders, const char *draw, bool hides_numbers,
                  struct error *error) MUST_CHECK;
void orders_end(struct orders *orders);

// Reads the next file of the log, oldest first, up to where its chain breaks (then `broken` says so, and
// nothing more is read). ERROR_SYSTEM when it cannot be read.
bool orders_read(struct orders *orders, const char *path, FILE *stream, struct error *error) MUST_CHECK;

// After the last file: whether its end is that of a chain.
void orders_settle(struct orders *orders);

#endif

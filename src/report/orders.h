// What the audit log says of a night: who gave which order, who was refused, when servers started; and
// whether its chain holds.
#ifndef QUINIELA_REPORT_ORDERS_H
#define QUINIELA_REPORT_ORDERS_H

#include "audit/read.h"
#include "report/agreement.h"
#include "report/draw_names.h"
#include "report/facts.h"
#include "report/tally.h"
#include "wire/json.h"

enum {
    ORDERS_MAX = 500, // that are told
    ORDERS_STARTS_MAX = 50,
    ORDERS_TEXT_BYTES = 512,
    ORDERS_USER_BYTES = 64,
    ORDERS_RESULT_BYTES = 48,
    ORDERS_BEFORE_S = 2,      // how much earlier than the opening a record of its night may be
    ORDERS_AFTER_S = 120,     // how much later than the draw its own records may be
    ORDERS_START_S = 60 * 60, // how long a server may wait for its store before it opens the draw
};

struct order_told {
    int64_t at; // seconds since 1970
    char text[ORDERS_TEXT_BYTES], user[ORDERS_USER_BYTES], result[ORDERS_RESULT_BYTES];
};

// What is told of a night. Records of another one with the same name are not of it: in another store, before
// this one's opening or after its draw.
struct orders_told {
    uint64_t records; // about this draw
    int64_t first_at, last_at;
    size_t count; // orders in all
    struct order_start {
        int64_t at;
        bool was_killed; // the server before had not recorded its end
    } starts[ORDERS_STARTS_MAX];
    size_t start_count; // in all
    struct tally refused;
    uint64_t connected, suppressed, lost;
    int64_t root_at;        // when the seal was known; 0: it is not recorded
    bool is_ours, is_known; // whether the last start was for this draw; there was one
};

struct orders {
    const struct facts *facts;
    struct draw_names draw;
    bool hides_numbers; // of orders: the draw is not made yet
    struct chain chain;
    char broken[ERROR_TEXT_BYTES]; // what is wrong with it, and where; "" when it holds
    struct orders_told told;
    struct orders_told before; // what was told before the last start after the draw
    bool is_over;              // another night with the same name has begun
    struct order_told *list;
    struct agreement agreement;
    bool ends_in_fragment; // a record that is being written, or was when the server was killed

    struct json_parser *parser;
};

// Begins with no record, for the draw of that name, whose facts must outlive it. ERROR_NO_MEMORY. Ended by
// orders_end, also after a failure.
bool orders_begin(struct orders *orders, const struct facts *facts, const char *draw,
                  struct error *error) MUST_CHECK;
void orders_end(struct orders *orders);

// Reads the next file of the log, oldest first, up to where its chain breaks (then `broken` says so, and
// nothing more is read). ERROR_SYSTEM when it cannot be read.
bool orders_read(struct orders *orders, const char *path, FILE *stream, struct error *error) MUST_CHECK;

// After the last file: whether its end is that of a chain.
void orders_settle(struct orders *orders);

// Whether all records of this draw are there, as far as the log itself tells: then what is not in it did not
// happen.
bool orders_are_whole(const struct orders *orders);

#endif

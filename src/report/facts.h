// What the store says of a draw, as far as a report tells it: counts and times, and nobody's data.
#ifndef QUINIELA_REPORT_FACTS_H
#define QUINIELA_REPORT_FACTS_H

#include "bet/limits.h"
#include "report/signing.h"
#include "store/store.h"

enum { FACTS_NUMBERS = BET_NUMBER_MAX + 1 };

// Times are seconds since 1970; 0: not yet, or never.
struct agency_facts {
    uint32_t agency;
    enum agency_ending ending;
    uint64_t bets;
    int64_t finished_at, told_at;
    uint32_t winners, voidings;
};

struct facts {
    struct stored_draw draw; // without its secret
    int64_t opened_at, closes_at, closed_at, sealed_at, drawn_at, erased_at;
    struct agency_facts *agencies; // those that have a row, by number
    size_t count;
    uint64_t bets, winners, finished, told;
    uint64_t numbers[FACTS_NUMBERS]; // how often each was bet, once the draw is drawn and while it has bets
    bool has_numbers;
    struct signing_facts signing;
};

// Reads them, as of one moment. Before the draw nothing is read that would tell a number. Errors are the
// store's, and ERROR_NO_MEMORY. Ended by facts_end, also after a failure.
bool facts_read(struct facts *facts, struct store *store, const struct stored_draw *draw,
                struct error *error) MUST_CHECK;
void facts_end(struct facts *facts);

// The row of that agency; NULL when it has none.
struct agency_facts *facts_agency(const struct facts *facts, uint64_t agency);

// Once it is drawn: then the number may be told.
static inline bool facts_is_drawn(const struct facts *facts) {
    return facts->draw.state == DRAW_DRAWN;
}

// Seconds since 1970 of a time as it is stored; 0 when it is none.
int64_t facts_time(const char *text);

#endif

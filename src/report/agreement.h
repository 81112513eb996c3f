// Whether the audit log tells the same as the store. The chain shows that no record between two others was
// changed; nothing shows it of the last one, nor that none is missing behind it.
#ifndef QUINIELA_REPORT_AGREEMENT_H
#define QUINIELA_REPORT_AGREEMENT_H

#include "report/facts.h"
#include "seal/slice.h"

// What does not fit together: bits.
enum disagreement {
    DISAGREES_NOT_DRAWN = 1,     // it has no record that the draw was made
    DISAGREES_DRAWN_AT = 2,      // the draw was made at another time
    DISAGREES_TOTALS = 4,        // with other bets or winners
    DISAGREES_NUMBER = 8,        // an order gave another number
    DISAGREES_NUMBER_ORDER = 16, // no order gave the number that was given by hand
    DISAGREES_MODE = 32,         // the number was, or was not, set in advance
    DISAGREES_ENDS = 64,         // some agencies ended otherwise
};

enum { AGREEMENT_NO_NUMBER = -1, AGREEMENT_NOT_KNOWN = -2 };

struct agreement {
    const struct facts *facts;
    struct agreement_end {
        bool is_recorded;
        enum agency_ending ending;
        uint64_t bets;
    } * ends;                // one for each agency of the facts: by the last record of it
    int set_number;          // in advance, by the last start or order before the draw; or none; or not known
    bool is_drawn, is_given; // the draw was made; an order gave the number
    int given_number;        // that it said; AGREEMENT_NO_NUMBER: none
    int64_t drawn_at;
    uint64_t bets, winners; // at the draw
};

// Begins with no record. `facts` must outlive it. ERROR_NO_MEMORY. Ended by agreement_end, also after a
// failure.
bool agreement_begin(struct agreement *agreement, const struct facts *facts, struct error *error) MUST_CHECK;
void agreement_end(struct agreement *agreement);

// Forgets every record.
void agreement_clear(struct agreement *agreement);

// Takes what a record says: how an agency ended; that it was reset; which number a start set in advance; an
// order that was done; that the draw was made, at that time.
void agreement_take_end(struct agreement *agreement, uint64_t agency, enum agency_ending ending,
                        uint64_t bets);
void agreement_take_reset(struct agreement *agreement, uint64_t agency);
void agreement_take_terms(struct agreement *agreement, int number);
void agreement_take_order(struct agreement *agreement, struct slice order);
void agreement_take_drawn(struct agreement *agreement, int64_t at, uint64_t bets, uint64_t winners);

// Whether that agency of the facts ended otherwise by the audit log; or by an order that it does not have.
bool agreement_differs(const struct agreement *agreement, size_t agency);

// All bits of what does not fit. What is not in the store yet is not looked at.
unsigned agreement_find(const struct agreement *agreement);

#endif

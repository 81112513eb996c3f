// What the oracle has seen: for oracle.c, which hears what is said, and oracle_stored.c.
#ifndef QUINIELA_TESTS_SIM_ORACLE_SEEN_H
#define QUINIELA_TESTS_SIM_ORACLE_SEEN_H

#include "plan.h"
#include "store/rows.h"

#include <stdbool.h>
#include <stdint.h>

struct message_decoder;

struct agency_seen {
    const struct planned_agency *bets; // whose bets are stored; NULL: nobody's yet
    uint64_t stored;                   // bets, durably
    bool is_end[2][PLAN_BETS_MAX + 1]; // a sent chunk ends here; for both lists of a contested agency
    uint32_t sent[2];                  // the last such end
    bool last_sent[2];
    bool finished;
    enum agency_ending ending;
    char finished_at[STORE_TIME_BYTES];
    bool told; // the central has sent its winners
    bool got;  // and they reached its system
    uint32_t winners_stored;
};

extern struct oracle_seen {
    struct message_decoder *decoder;
    struct agency_seen of[PLAN_AGENCIES_MAX + 1];
    enum draw_state state;
    uint16_t winning_number;
    uint32_t winners_stored; // of all agencies
    bool drawn;              // and checked
    bool settles;            // what a failed commit wrote is found stored now
} seen;

// Which of a contested agency's two lists that is.
int oracle_list_of(uint32_t agency, const struct planned_agency *bets);

// Whether a chunk that was sent ends there, of those whose bets are stored.
bool oracle_is_end(uint32_t number, uint64_t at);

// Whether an order, or the cut-off, has brought the agency to its end.
bool oracle_was_cut(uint32_t number);

// The winners of the bets that are stored of the agency, as plan_winners.
uint32_t oracle_winners(uint32_t number, char text[PLAN_WINNERS_BYTES]);

#endif

// What one seed's lottery is made of: the agencies, their bets, who will win, and how rough the world is.
#ifndef QUINIELA_TESTS_SIM_PLAN_H
#define QUINIELA_TESTS_SIM_PLAN_H

#include "bet/chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLAN_AGENCIES_MAX = 5,
    PLAN_BETS_MAX = 200,
    PLAN_BET_BYTES = 64,
    PLAN_DOCUMENT_BYTES = 17,
    PLAN_WINNERS_BYTES = PLAN_BETS_MAX * PLAN_DOCUMENT_BYTES + 1
};

struct planned_bet {
    char text[PLAN_BET_BYTES]; // no two bets of a lottery have the same document
    char document[PLAN_DOCUMENT_BYTES];
    uint16_t number;
};

struct planned_agency {
    uint32_t count;
    struct planned_bet bets[PLAN_BETS_MAX];
    int file;     // the bets, one a line; read through file_path
    bool classic; // begins with a client that knows nothing of `first`
    char file_path[32];
};

struct plan {
    uint32_t agencies;
    uint16_t winning_number;
    struct planned_agency of[PLAN_AGENCIES_MAX + 1]; // by number, from 1
    // Of a contested agency: other bets of the same number, for clients that were started by mistake.
    struct planned_agency other[PLAN_AGENCIES_MAX + 1];
    bool contested[PLAN_AGENCIES_MAX + 1];
    uint32_t loops;        // of the central
    uint32_t delay_ms_max; // of the network
    uint32_t faults;       // how many
    bool single_bytes;     // the network hands bytes over one at a time, mostly
    // What the operators (operators.h) fix at the opening, where there are any.
    uint32_t opened_agencies; // those beyond `agencies` never send anything
    bool is_manual;           // the number comes by an order
    uint32_t closes_s;        // the cut-off, in seconds from the world's beginning; 0: none
};

extern struct plan plan;

// Makes the plan of the world that has just begun, and the agencies' files (in memory).
void plan_make(void);

// Closes the files.
void plan_end(void);

// Writes the documents of those of the first `count` bets of that list (NULL: nobody's) that have the number,
// joined by commas. Returns how many there are.
uint32_t plan_winners(const struct planned_agency *bets, uint64_t count, uint16_t number,
                      char text[PLAN_WINNERS_BYTES]);

// Whether the rows are `count` bets of that list from `first` on, all of which it has; and whether that is
// their digest.
bool plan_has_bets(const struct planned_agency *bets, uint64_t first, uint32_t count, const char *rows,
                   size_t rows_length);
bool plan_has_piece(const struct planned_agency *bets, const struct piece *piece);

#endif

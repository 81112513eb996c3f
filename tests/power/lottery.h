// The small lottery that is played here, with every bet known in advance. Also what its agencies have sent,
// and have been promised, by some moment.
#ifndef QUINIELA_TESTS_POWER_LOTTERY_H
#define QUINIELA_TESTS_POWER_LOTTERY_H

#include "history.h"

enum {
    LOTTERY_AGENCIES = 4,
    LOTTERY_BETS_MAX = 512,
    LOTTERY_WINNING_NUMBER = 7574,
    LOTTERY_TEXT_BYTES = 256
};

struct promise {
    struct promised_agency {
        uint32_t acknowledged; // bets
        bool finished, told;   // acknowledged
        bool last_sent, told_sent;
        bool ends[LOTTERY_BETS_MAX + 1]; // where a chunk that was sent ends
    } agencies[LOTTERY_AGENCIES + 1];    // 0 is nobody
    bool drawn;
};

// How many bets the agency has in all.
uint32_t lottery_bets(uint32_t agency);

// The number of the agency's bet, and its text; returns the text's length.
uint16_t lottery_number(uint32_t agency, uint32_t bet);
size_t lottery_bet(uint32_t agency, uint32_t bet, char text[LOTTERY_TEXT_BYTES]);

// Adds what an entry of the history says.
void promise_apply(struct promise *promise, const struct history_entry *entry);

#endif

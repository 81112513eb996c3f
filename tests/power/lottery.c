#include "lottery.h"

#include <stdio.h>
#include <string.h>

uint32_t lottery_bets(uint32_t agency) {
    static const uint32_t bets[LOTTERY_AGENCIES + 1] = {0, 150, 90, 450, 0};
    return bets[agency];
}

uint16_t lottery_number(uint32_t agency, uint32_t bet) {
    return (bet * 7 + agency) % 11 == 3 ? LOTTERY_WINNING_NUMBER : (uint16_t)(bet % 7000);
}

// The third agency's texts are long, so that its chunks take many pages.
size_t lottery_bet(uint32_t agency, uint32_t bet, char text[LOTTERY_TEXT_BYTES]) {
    int width = agency == 3 ? 80 : 5;
    return (size_t)snprintf(text, LOTTERY_TEXT_BYTES, "Ana%0*u,Paz,%u,2000-01-01,%u", width, bet,
                            agency * 1000 + bet, lottery_number(agency, bet));
}

void promise_apply(struct promise *promise, const struct history_entry *entry) {
    struct promised_agency *agency = &promise->agencies[entry->agency];
    switch (entry->event) {
    case HISTORY_SENT:
        agency->ends[entry->bets] = true;
        agency->last_sent = agency->last_sent || entry->last;
        break;
    case HISTORY_ACKNOWLEDGED:
        agency->acknowledged = entry->bets > agency->acknowledged ? entry->bets : agency->acknowledged;
        agency->finished = agency->finished || entry->last;
        break;
    case HISTORY_DRAWN:
        promise->drawn = true;
        break;
    case HISTORY_TOLD_SENT:
        agency->told_sent = true;
        break;
    case HISTORY_TOLD:
        agency->told = true;
        break;
    default:
        break;
    }
}

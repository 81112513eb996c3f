// The draw itself: finds the bets on the winning number and stores the winners.
#ifndef QUINIELA_LEDGER_DRAW_H
#define QUINIELA_LEDGER_DRAW_H

#include "base/error.h"
#include "ledger/winners.h"
#include "store/store.h"

#include <stdint.h>

// Reads every stored number, checked by the store, and checks that no chunk is missing. Then reads the
// documents of the chunks that hold winners, and checks those chunks whole. Adds the winners to the store's
// open group and to *winners (made for draw->agencies; the caller's on success). *bets is the total number
// of bets. ERROR_STORE_FAILED, naming agency and bet, when a chunk has changed since it was stored.
bool draw_make(struct store *store, const struct stored_draw *draw, struct winners **winners, uint64_t *bets,
               struct error *error) MUST_CHECK;

// Counts the bets on a number, as draw_make finds them, and stores nothing. *bets as there. Of a shared store
// it takes a draw that is sealed, whose bets nobody changes while they are read.
bool draw_count(struct store *store, uint16_t number, uint64_t *winners, uint64_t *bets,
                struct error *error) MUST_CHECK;

#endif

// Checks everything that a store holds of a draw.
#ifndef QUINIELA_LEDGER_CHECK_H
#define QUINIELA_LEDGER_CHECK_H

#include "base/error.h"
#include "store/store.h"

#include <stdint.h>

struct check_result {
    uint64_t chunks, bets;            // that are good
    uint64_t voided;                  // bets of agencies that were reset, which are good
    uint64_t winners;                 // stored
    uint64_t damages;                 // found
    char forked_at[STORE_TIME_BYTES]; // when another seal of the draw was seen; "" for never: no damage
};

struct check_watch {
    store_on_damage on_damage; // called for each damage
    // Called now and then, or NULL: how many of the draw's bets have been read. `all` is what the agencies'
    // rows say, which damage may make wrong.
    void (*on_progress)(void *context, uint64_t bets, uint64_t all);
    void *context;
};

// Checks all of the store's draw, and the store's files, and reports each damage. After a damage it
// continues wherever it can. It fails only when it could not check (ERROR_NO_MEMORY; or no such draw).
// result->damages tells whether all is well.
bool check_draw(struct store *store, const struct check_watch *watch, struct check_result *result,
                struct error *error) MUST_CHECK;

#endif

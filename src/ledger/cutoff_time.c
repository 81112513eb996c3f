#include "ledger/cutoff_time.h"

#include "base/clock.h"
#include "base/moment.h"
#include "bet/errors.h"
#include "ledger/state.h"

#include <string.h>

bool cutoff_is_ahead(const struct ledger *ledger) {
    const struct stored_draw *draw = &ledger->draw;
    return draw->state == DRAW_OPEN && draw->closes_at[0] != '\0' && draw->agencies > 0;
}

bool cutoff_now(struct ledger *ledger, time_t *now, struct error *error) {
    char text[STORE_TIME_BYTES];
    if (!ledger->is_shared) {
        *now = (time_t)(clock_epoch_ms() / 1000);
        return true;
    }
    return store_now(ledger->store, text, error) &&
           (moment_read(text, now) ||
            error_set(error, ERROR_STORE_FAILED, "the database's time is none: \"%.40s\"", text));
}

bool cutoff_is_before(struct ledger *ledger, struct error *error) {
    char now[STORE_TIME_BYTES];
    return !cutoff_is_ahead(ledger) ||
           (store_now(ledger->store, now, error) &&
            (strcmp(now, ledger->draw.closes_at) < 0 ||
             error_set(error, ERROR_STORE_STALE, "the cut-off at %s has come", ledger->draw.closes_at)));
}

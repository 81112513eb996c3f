#include "ledger/unknown.h"

#include "bet/errors.h"
#include "ledger/in_hand.h"
#include "ledger/notes.h"
#include "ledger/order.h"
#include "ledger/state.h"

#include <string.h>

void unknown_end_seal(struct ledger *ledger, bool done, const struct error *error) {
    char *sealed_at = ledger->unknown.sealed_at;
    if (done) {
        in_hand_note_sealed(ledger);
        sealed_at[0] = '\0';
    } else if (error->code != ERROR_STORE_STALE) {
        memcpy(sealed_at, ledger->draw.sealed_at, STORE_TIME_BYTES);
    }
}

void unknown_end_draw(struct ledger *ledger, const struct stored_draw *drawn, uint64_t bets, bool done,
                      const struct error *error) {
    struct unknown *unknown = &ledger->unknown;
    if (done) {
        unknown->drawn_at[0] = '\0';
    } else if (error->code != ERROR_STORE_STALE) {
        memcpy(unknown->drawn_at, drawn->drawn_at, sizeof unknown->drawn_at);
        unknown->bets = bets;
    }
}

// While the draw is not so far, the commit may still be under way at the database.
void unknown_settle(struct ledger *ledger) {
    struct unknown *unknown = &ledger->unknown;
    const struct stored_draw *draw = &ledger->draw;
    if (draw->state != DRAW_OPEN && unknown->sealed_at[0] != '\0') {
        if (strcmp(draw->sealed_at, unknown->sealed_at) == 0) {
            in_hand_note_sealed(ledger);
        }
        unknown->sealed_at[0] = '\0';
    }
    if (draw->state == DRAW_DRAWN && unknown->drawn_at[0] != '\0') {
        if (strcmp(draw->drawn_at, unknown->drawn_at) == 0) {
            notes_tell_seal(ledger);
            notes_tell_made(ledger, unknown->bets);
        }
        unknown->drawn_at[0] = '\0';
    }
}

void unknown_note_order(const struct ledger *ledger, struct ledger_order *order, const struct error *error) {
    if (error->code != ERROR_STORE_STALE) {
        order->unknown = (struct order_unknown){.is_set = true,
                                                .before = order->answer.before,
                                                .agency = order->answer.agency,
                                                .voided = order->answer.voided};
        order->unknown.draw = ledger->draw; // not in the list above, which may be made elsewhere and copied
        stored_draw_forget(&order->unknown.draw); // it is only compared
        stored_draw_forget(&order->unknown.before);
    }
}

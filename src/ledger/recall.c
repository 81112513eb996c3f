// What the ledger found stored when it was opened, told as it would have been when it happened.
#include "ledger/internal.h"

void ledger_recall(const struct ledger *ledger, void (*noted)(void *context, const struct ledger_note *note),
                   void *context) {
    const struct stored_draw *draw = &ledger->draw;
    for (uint32_t number = 1; number < ledger->agency_places; number++) {
        const struct agency *agency = &ledger->agencies[number];
        if (agency->finished) {
            noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                 .agency = number,
                                                 .bets = agency->bets,
                                                 .at = agency->finished_at});
        }
    }
    if (draw->state != DRAW_OPEN) {
        noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED, .at = draw->sealed_at});
    }
    if (draw->state == DRAW_DRAWN) {
        noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_DRAWN,
                                             .bets = ledger->bets,
                                             .winners = winners_count(ledger->winners),
                                             .at = draw->drawn_at});
    }
}

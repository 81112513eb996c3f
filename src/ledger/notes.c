#include "ledger/notes.h"

#include "base/log.h"
#include "ledger/in_hand.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/winners.h"

#include <inttypes.h>

void notes_tell(const struct ledger *ledger, const struct ledger_note *note) {
    if (ledger->options.noted != NULL) {
        ledger->options.noted(ledger->options.context, note);
    }
}

void notes_tell_seal(struct ledger *ledger) {
    if (in_hand_take_sealed(ledger)) {
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
    }
}

void notes_tell_made(const struct ledger *ledger, uint64_t bets) {
    uint64_t winners = winners_count(ledger->winners);
    log_event(LOG_LEVEL_INFO, "sorteo", LOG_SUCCESS,
              "draw: %s | winning_number: %04u | bets: %" PRIu64 " | winners: %" PRIu64, ledger->draw_name,
              ledger->draw.winning_number, bets, winners);
    notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_DRAWN, .bets = bets, .winners = winners});
}

void notes_tell_drawn(struct ledger *ledger) {
    bool may_be_told = !signing_is_on(ledger) || ledger->sealing.result_is_shown;
    if (ledger->winners != NULL && !ledger->drawn_is_told && may_be_told) {
        ledger->drawn_is_told = true;
        ledger->options.drawn(ledger->options.context, ledger->winners);
    }
}

void notes_tell_if_all_told(struct ledger *ledger) {
    bool is_stored = ledger->store != NULL; // after a failure, only once the store has been reopened
    if (ledger->options.all_told != NULL && !ledger->all_told && is_stored &&
        ledger->draw.state == DRAW_DRAWN && ledger->told == ledger->draw.agencies) {
        ledger->all_told = true;
        ledger->options.all_told(ledger->options.context);
    }
}

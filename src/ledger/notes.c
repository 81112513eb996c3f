#include "ledger/notes.h"

#include "ledger/state.h"

void notes_tell(const struct ledger *ledger, const struct ledger_note *note) {
    if (ledger->options.noted != NULL) {
        ledger->options.noted(ledger->options.context, note);
    }
}

void notes_tell_drawn(const struct ledger *ledger) {
    ledger->options.drawn(ledger->options.context, ledger->winners);
}

void notes_tell_if_all_told(struct ledger *ledger) {
    bool is_stored = ledger->store != NULL; // after a failure, only once the store has been reopened
    if (ledger->options.all_told != NULL && !ledger->all_told && is_stored &&
        ledger->draw.state == DRAW_DRAWN && ledger->told == ledger->draw.agencies) {
        ledger->all_told = true;
        ledger->options.all_told(ledger->options.context);
    }
}

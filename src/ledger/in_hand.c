#include "ledger/in_hand.h"

#include "ledger/state.h"

void in_hand_begin(struct ledger *ledger) {
    ledger->in_hand = (struct in_hand){0};
}

void in_hand_note_sealed(struct ledger *ledger) {
    ledger->in_hand.sealed = true;
}

bool in_hand_sealed(const struct ledger *ledger) {
    return ledger->in_hand.sealed;
}

bool in_hand_take_look(struct ledger *ledger) {
    bool is_due = !ledger->in_hand.has_looked;
    ledger->in_hand.has_looked = true;
    return is_due;
}

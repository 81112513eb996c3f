#include "ledger/in_hand.h"

#include "ledger/state.h"

void in_hand_begin(struct ledger *ledger) {
    ledger->in_hand.has_looked = false;
}

void in_hand_note_sealed(struct ledger *ledger) {
    ledger->in_hand.sealed = true;
}

bool in_hand_take_sealed(struct ledger *ledger) {
    bool is_due = ledger->in_hand.sealed;
    ledger->in_hand.sealed = false;
    return is_due;
}

bool in_hand_take_look(struct ledger *ledger) {
    bool is_due = !ledger->in_hand.has_looked;
    ledger->in_hand.has_looked = true;
    return is_due;
}

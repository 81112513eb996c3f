// What the ledger knows of the current requests together. They may take several groups at the store.
#ifndef QUINIELA_LEDGER_IN_HAND_H
#define QUINIELA_LEDGER_IN_HAND_H

#include <stdbool.h>

struct ledger;

// New requests: nothing is known of them.
void in_hand_begin(struct ledger *ledger);

// Notes that the draw was sealed with them, and that this is stored.
void in_hand_note_sealed(struct ledger *ledger);

// Whether the draw was sealed with them.
bool in_hand_sealed(const struct ledger *ledger);

// Whether the stored draw is still to be checked for them. True once: the caller checks it.
bool in_hand_take_look(struct ledger *ledger);

#endif

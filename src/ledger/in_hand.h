// What the ledger knows of the current requests together. They may take several groups at the store.
#ifndef QUINIELA_LEDGER_IN_HAND_H
#define QUINIELA_LEDGER_IN_HAND_H

#include <stdbool.h>

struct ledger;

// New requests: nothing is known of them. A seal that is not told yet stays so.
void in_hand_begin(struct ledger *ledger);

// Notes that the draw was sealed by this server, and that this is stored.
void in_hand_note_sealed(struct ledger *ledger);

// Whether a seal is still to be told. True once: the caller tells it.
bool in_hand_take_sealed(struct ledger *ledger);

// Whether the stored draw is still to be checked for them. True once: the caller checks it.
bool in_hand_take_look(struct ledger *ledger);

#endif

// Who signs the draw, in every third world: the server's key, what it shows, and the computing of the seal,
// which takes its time and is an event here. Nobody else in such a world knows of it: what is signed is
// judged in seal_judge.c.
#ifndef QUINIELA_TESTS_SIM_OFFICE_H
#define QUINIELA_TESTS_SIM_OFFICE_H

#include "ledger/options.h"
#include "seal/vkey.h"

#include <stdbool.h>
#include <stdint.h>

// Before a world, and after it.
void office_begin(uint64_t seed);
void office_end(void);

// Whether the draw of this world is signed.
bool office_signs(void);

// The server's public key.
const struct vkey *office_key(void);

// What the central shows. NULL in a world whose draw is not signed.
struct notice *office_notice(void);

// The rules that were shown last, by this central or one before, as notice_rules.
char *office_rules(void);

// A central starts, which has shown nothing yet.
void office_start(void);

// Sets what the ledger that is to be opened signs with.
void office_equip(struct ledger_options *options);

#endif

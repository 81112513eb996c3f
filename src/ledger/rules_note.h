// A record of a draw's rules as it is stored, read for what it says. Nothing is checked but its form: who
// relies on it checks it (signing.h), or says whose word it is.
#ifndef QUINIELA_LEDGER_RULES_NOTE_H
#define QUINIELA_LEDGER_RULES_NOTE_H

#include "notary/kept_rules.h"

struct store;

// Reads the record out of its note. NULL with an error of rules_parse. Freed by the caller (rules_free).
struct rules *rules_note_read(struct slice note, struct error *error);

// Reads the first record of the draw that the store was opened for. *rules is NULL when none is stored: the
// draw is not signed. ERROR_STORE_FAILED when what is stored is none; errors of the store. Freed by the
// caller.
bool rules_note_first(struct store *store, struct rules **rules, struct error *error) MUST_CHECK;

// Adds all records that the store has of its draw, of the name `draw_name`, each checked with the server's
// key (kept_rules_add). That the last one is there is checked by the draw's row. ERROR_STORE_FAILED when one
// is not right; ERROR_NO_MEMORY; errors of the store.
bool rules_note_all(struct store *store, const char *draw_name, const struct vkey *key,
                    struct kept_rules *rules, struct error *error) MUST_CHECK;

#endif

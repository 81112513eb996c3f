// Signing a draw (docs/verifiable-draw.md): its secret and the first record of its rules, when it is opened
// by a server with a key; a further record whenever its agencies, its cut-off or its pulse change. What is
// stored is checked before it is used. A draw that was opened without a key stays unsigned.
//
// A record is stored in the group that stores what it says; then it is kept in the folder outside the store
// (signing_folder.h), and then it is shown (notice.h), before anybody is answered.
#ifndef QUINIELA_LEDGER_SIGNING_H
#define QUINIELA_LEDGER_SIGNING_H

#include "base/error.h"

struct ledger;
struct stored_draw;

// Whether the ledger's draw is signed.
bool signing_is_on(const struct ledger *ledger);

// Of a load, once the draw's terms are known (terms.h): makes the record that says so, where none does.
// ERROR_BAD_SETTING when such a draw cannot be signed, or another key must sign, too (PREVIOUS_SIGN_KEY); the
// text says why.
bool signing_take_terms(struct ledger *ledger, struct error *error) MUST_CHECK;

// Within a group: makes the record that says what `draw`, the ledger's as it is to be, and `pulse` (a time,
// or NULL: as it was) say, and sets draw->rules. None is made when the newest says so already, or the draw is
// not signed. *refusal, which is ERROR_NONE otherwise, says why there can be no such record. Fails only when
// memory runs out.
bool signing_change(struct ledger *ledger, struct stored_draw *draw, const char *pulse, struct error *refusal,
                    struct error *error) MUST_CHECK;

// Within the group that puts the draw's row, after that: adds the records that the store does not have.
bool signing_put(struct ledger *ledger, struct error *error) MUST_CHECK;

// The group is stored: so are all records. They are kept in the folder and shown. False, with `error` set,
// when a ledger that is being opened cannot do that. One that was opened logs it, and tries again later
// (signing_is_behind).
bool signing_settle(struct ledger *ledger, struct error *error);

// Keeps in the folder and shows what is stored and has not been. False, with `error` set, when that fails.
bool signing_show(struct ledger *ledger, struct error *error) MUST_CHECK;

// Keeps all stored records in the folder, also those that it had and has lost. ERROR_KEPT_OTHER when it has
// something else in place of one; ERROR_SYSTEM.
bool signing_keep(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether there is something for signing_show.
bool signing_is_behind(const struct ledger *ledger);

// The draw was erased: its secret is wiped here, too.
void signing_forget(struct ledger *ledger);

// Frees what the ledger has of it.
void signing_free(struct ledger *ledger);

#endif

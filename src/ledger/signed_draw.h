// What a ledger has in memory of its draw when that is signed, beside the row (stored_draw.rules, .secret,
// .root): the records of its rules. Changed by signing.h; read by whatever signs or checks for the draw.
#ifndef QUINIELA_LEDGER_SIGNED_DRAW_H
#define QUINIELA_LEDGER_SIGNED_DRAW_H

#include "bet/errors.h"
#include "notary/kept_rules.h"
#include "seal/limits.h"

// The draw is signed with a key that this server does not have.
extern const struct error_code ERROR_NOT_OUR_KEY[1];

// ERROR_FORKED: what is signed of the draw is in two versions that cannot both be: in the store and in the
// folder, or another seal was shown. Nothing goes on with such a draw.

struct signed_draw {
    char origin[ORIGIN_BYTES_MAX + 1]; // "NAME/DRAW"
    struct kept_rules rules;           // all records, also those that the open group adds
    size_t stored;                     // how many of them the store has
    size_t kept;                       // how many of them are in the folder …
    size_t shown;                      // … and in the notice
    bool is_sought;                    // the store was read anew, as the folder has rules that it lacked
};

// The rules that count now; NULL when the draw is not signed.
static inline const struct rules *signed_draw_rules(const struct signed_draw *signed_draw) {
    return kept_rules_newest(&signed_draw->rules);
}

static inline struct slice signed_draw_origin(const struct signed_draw *signed_draw) {
    return slice_of(signed_draw->origin);
}

#endif

// A record of a draw's rules, signed: the first one, for a draw that opens, and a later one, for a draw whose
// terms change.
#ifndef QUINIELA_NOTARY_SIGNED_RULES_H
#define QUINIELA_NOTARY_SIGNED_RULES_H

#include "notary/notary.h"
#include "seal/salt.h"

// What a draw may be changed to until its seal.
struct draw_terms {
    uint32_t agencies;
    const char *closes_at; // "2026-11-25T21:00:00Z", or "" for no time
    const char *pulse;     // the pulse's time, with a beacon; NULL: as it was
};

struct signed_rules {
    char note[NOTE_BYTES_MAX];
    size_t size;
    struct hash hash; // of the text
    uint64_t number;  // of the record
};

// Makes the first record of the draw `draw`, with its secret. ERROR_BAD_SETTING when a draw of that name, or
// of such terms, cannot be signed; the text says why. ERROR_NO_MEMORY. Freed by the caller (free).
bool signed_rules_first(const struct notary *notary, const char *draw, const struct draw_terms *terms,
                        const uint8_t secret[SECRET_BYTES], struct signed_rules **made,
                        struct error *error) MUST_CHECK;

// Makes the record that follows `before`, at `now` (seconds since 1970). Errors as above.
bool signed_rules_next(const struct notary *notary, const struct rules *before,
                       const struct draw_terms *terms, uint64_t now, struct signed_rules **made,
                       struct error *error) MUST_CHECK;

#endif

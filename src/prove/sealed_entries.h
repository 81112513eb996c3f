// The agencies' entries in the draw's tree, and the paths of those that are wanted.
#ifndef QUINIELA_PROVE_SEALED_ENTRIES_H
#define QUINIELA_PROVE_SEALED_ENTRIES_H

#include "prove/kept_seal.h"
#include "prove/tree_paths.h"
#include "seal/draw_entry.h"

struct sealed_entries {
    struct agency_entry *wanted; // by agency
    size_t count, max;
    struct tree_paths paths; // of each of these
};

// Begins with the entry of the draw, which has `bets` bets.
bool sealed_entries_begin(struct sealed_entries *entries, const struct sealed_draw *sealed, uint64_t bets,
                          struct error *error) MUST_CHECK;

// Takes the next agency's entry, from 1 on.
bool sealed_entries_add(struct sealed_entries *entries, const struct agency_entry *entry, bool is_wanted,
                        struct error *error) MUST_CHECK;

// All have come: whether they are those of the seal. ERROR_FALSE_CLAIM.
bool sealed_entries_end(struct sealed_entries *entries, const struct sealed_draw *sealed,
                        struct error *error) MUST_CHECK;
void sealed_entries_free(struct sealed_entries *entries);

// Reads all entries from seal.json, which must be there, and wants that of one agency.
bool sealed_entries_read(struct sealed_entries *entries, const struct sealed_draw *sealed,
                         const struct kept_seal *kept, uint32_t agency, struct error *error) MUST_CHECK;

#endif

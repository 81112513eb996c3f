// What was counted of each agency: what is sealed, what the export has, and how many of its bets have won.
#ifndef QUINIELA_CLAIMS_TALLY_H
#define QUINIELA_CLAIMS_TALLY_H

#include "base/error.h"
#include "seal/draw_entry.h"

#include <stddef.h>

// An agency with bets, or a run of agencies without.
struct tally {
    uint32_t first, last;
    bool is_sealed; // seal.json has it; its state, count and root are:
    enum entry_state state;
    uint64_t sealed;
    struct hash sealed_root;
    uint64_t counted; // bets in the export, and their root
    struct hash counted_root;
    uint64_t winners;
};

// Begins zeroed. Of an export of which the two differ, too: as far as it could be read.
struct tallies {
    struct tally *list; // in the order of the agencies
    size_t count, room;
    bool is_whole;    // the whole export has been read
    bool has_winners; // they have been counted
};

// Adds one behind the last. ERROR_NO_MEMORY.
bool tallies_add(struct tallies *tallies, const struct tally *tally, struct error *error) MUST_CHECK;
void tallies_free(struct tallies *tallies);

// Whether the export has the bets that are sealed.
bool tally_is_equal(const struct tally *tally);

#endif

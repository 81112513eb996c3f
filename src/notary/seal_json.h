// seal.json: what the draw's tree holds, agency by agency, in one layout, so that it can be read line by
// line. It is believed only where it recomputes to the seal.
#ifndef QUINIELA_NOTARY_SEAL_JSON_H
#define QUINIELA_NOTARY_SEAL_JSON_H

#include "base/error.h"
#include "seal/checkpoint.h"
#include "seal/draw_entry.h"

#include <stdio.h>

// The entry that was added last: where agencies without bets and of one state stand in a row, it grows.
struct seal_json {
    FILE *file;        // the caller's; seekable
    long root_at;      // where the root is written once it is known
    uint32_t last;     // agencies so far
    uint32_t run_from; // of agencies without bets; 0: there is none
    enum entry_state run_state;
    bool has_entry, has_voided; // a line that lacks its end
    // Bets of a reset, until all of them have come.
    uint32_t voided_agency, voided_reset;
    uint64_t voided;
};

// Begins to write the draw's. `rules` is the hash of the newest rules, `bets` the sum of all.
void seal_json_begin(struct seal_json *json, FILE *file, struct slice origin, const struct hash *rules,
                     uint32_t agencies, uint64_t bets);

// Adds the next agency, from 1 on.
void seal_json_add(struct seal_json *json, enum entry_state state, uint64_t count, const struct hash *root);

// Once all agencies are in: adds bets that a reset set aside, by agency and then by number of the reset.
// Those of one reset may come in pieces: they are one line.
void seal_json_add_voided(struct seal_json *json, uint32_t agency, uint32_t reset, uint64_t count);

// Ends it with the root. ERROR_SYSTEM when anything could not be written.
bool seal_json_end(struct seal_json *json, const struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif

// Some bets of one agency, and their paths in its tree: all of its bets are read.
#ifndef QUINIELA_PROVE_AGENCY_BETS_H
#define QUINIELA_PROVE_AGENCY_BETS_H

#include "prove/tree_paths.h"
#include "seal/bet_leaves.h"
#include "seal/limits.h"

struct agency_bets {
    // The bets that are wanted, in order; the caller's.
    const uint64_t *wanted;
    size_t count;
    // What has come.
    struct bet_leaves leaves;
    struct tree_paths paths;
    char (*rows)[BET_TEXT_BYTES_MAX]; // of the wanted ones
    size_t *lengths;                  // of these; those that have come are `paths.count`
    struct hash root;                 // once agency_bets_end has been called
};

// Begins with the agency's first bet. False when there is no memory. Ended by agency_bets_free.
bool agency_bets_begin(struct agency_bets *bets, uint32_t agency, const uint8_t key[AGENCY_KEY_BYTES],
                       const uint64_t *wanted, size_t count) MUST_CHECK;

// Takes the next rows, at most HASHES_TOGETHER, each at most BET_TEXT_BYTES_MAX bytes long. False when there
// is no memory.
bool agency_bets_add(struct agency_bets *bets, const struct slice *rows, size_t count) MUST_CHECK;

// All have come.
void agency_bets_end(struct agency_bets *bets);

// How many have come.
static inline uint64_t agency_bets_total(const struct agency_bets *bets) {
    return bets->paths.merkle.count;
}

// The row of the wanted bet number `place`, which has come.
static inline struct slice agency_bets_row(const struct agency_bets *bets, size_t place) {
    return (struct slice){bets->rows[place], bets->lengths[place]};
}

// Wipes the key, and frees the rest.
void agency_bets_free(struct agency_bets *bets);

#endif

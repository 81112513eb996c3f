// The seal, computed again from all bets of the store, over all cores; and whether it is the one that was
// sealed.
#ifndef QUINIELA_PROVE_RESEALING_H
#define QUINIELA_PROVE_RESEALING_H

#include "prove/kept_seal.h"
#include "seal/draw_entry.h"

// What follows from the bets while they are read: nothing of it counts until reseal has returned true.
struct resealing {
    const struct kept_seal *kept; // says which agency's bets are others; may be NULL, or have no list
    store_each_chunk on_chunk;    // each chunk, as it is read; NULL: not called
    // Each agency, from 1 on, once all its chunks have been read. Returns false to stop, with `error` set.
    bool (*on_entry)(void *context, const struct agency_entry *entry, struct error *error);
    void *context; // of both
};

// Reads all bets of the draw. ERROR_FALSE_CLAIM names the agency whose bets are not
// those that were sealed, where anything tells it; ERROR_STORE_FAILED, ERROR_NO_MEMORY, ERROR_SYSTEM.
bool reseal(struct store *store, const struct sealed_draw *sealed, const struct resealing *resealing,
            struct error *error) MUST_CHECK;

#endif

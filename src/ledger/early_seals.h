// Seals that agencies show before this server has the draw's own: they are compared once it has.
#ifndef QUINIELA_LEDGER_EARLY_SEALS_H
#define QUINIELA_LEDGER_EARLY_SEALS_H

#include "base/attributes.h"
#include "base/error.h"
#include "seal/hash.h"
#include "seal/slice.h"

#include <stdbool.h>

// Two with different roots are enough: the draw's own has one root, so one of them is another seal.
enum { EARLY_SEALS_MAX = 2 };

struct early_seals {
    struct early_seal {
        struct hash root;
        char *note; // made with malloc
        size_t length;
    } list[EARLY_SEALS_MAX];
    unsigned count;
};

// Keeps a copy of the note, which commits to `root`, unless it need not be kept. ERROR_NO_MEMORY.
bool early_seals_add(struct early_seals *seals, struct slice note, const struct hash *root,
                     struct error *error) MUST_CHECK;

// Takes out the note of one with another root than `root`, the caller's to free, and its length. NULL when
// there is none.
char *early_seals_take_other(struct early_seals *seals, const uint8_t root[HASH_BYTES], size_t *length);

void early_seals_free(struct early_seals *seals);

#endif

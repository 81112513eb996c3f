// Whether bets that are sent again are those that are stored.
#ifndef QUINIELA_LEDGER_RESEND_H
#define QUINIELA_LEDGER_RESEND_H

#include "base/error.h"
#include "bet/chunk.h"
#include "ledger/row_cache.h"
#include "store/store.h"

#include <stdint.h>

struct resend_result {
    bool same;
    size_t largest;      // bytes of the largest stored chunk that was read for it; 0: none was
    struct error damage; // ERROR_STORE_FAILED: what is stored there is damaged, or gone, and not the same
};

// Compares the first `count` bets of `chunk` with the stored bets of `agency` from `first` on, in whatever
// chunks those are. *result tells the answer. A stored chunk that is much larger than what is compared with
// it is kept in `cache`, so that doing so again costs no more than what was sent. Fails only when the store
// does, or there is no memory; result->largest is set then, too.
bool resend_compare(struct store *store, struct row_cache *cache, uint32_t agency, uint64_t first,
                    const struct chunk *chunk, uint32_t count, struct resend_result *result,
                    struct error *error) MUST_CHECK;

#endif

// Whether resent bets equal the stored ones.
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
    struct error damage; // ERROR_STORE_FAILED: the stored bets are damaged or missing, and not the same
};

// Compares the first `count` bets of `chunk` with the stored bets of `agency`, starting at `first`, in
// whatever chunks those are. The answer goes into *result. A stored chunk much larger than the bets compared
// with it is kept in `cache`. The next such comparison then costs no more than the bytes sent. Fails only
// when the store fails or memory runs out; result->largest is set then, too.
bool resend_compare(struct store *store, struct row_cache *cache, uint32_t agency, uint64_t first,
                    const struct chunk *chunk, uint32_t count, struct resend_result *result,
                    struct error *error) MUST_CHECK;

#endif

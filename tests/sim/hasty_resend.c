// For one canary only: the ledger's resend_compare, which does not look at the last of the bets (the linker's
// --wrap). The simulation must find it.
#include "ledger/resend.h"

typedef bool resend_comparing(struct store *store, struct row_cache *cache, uint32_t agency, uint64_t first,
                              const struct chunk *chunk, uint32_t count, struct resend_result *result,
                              struct error *error);

resend_comparing __real_resend_compare, __wrap_resend_compare;

bool __wrap_resend_compare(struct store *store, struct row_cache *cache, uint32_t agency, uint64_t first,
                           const struct chunk *chunk, uint32_t count, struct resend_result *result,
                           struct error *error) {
    return __real_resend_compare(store, cache, agency, first, chunk, count - (count > 0), result, error);
}

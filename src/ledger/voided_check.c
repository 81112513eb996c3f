#include "ledger/voided_check.h"

#include "bet/errors.h"

#include <inttypes.h>

bool voided_check_take(struct voided_check *check, uint32_t voiding, const struct stored_chunk *chunk,
                       struct error *error) {
    bool is_next = chunk->agency == check->agency && voiding == check->voiding;
    uint64_t wanted = is_next ? check->next : 0;
    check->agency = chunk->agency;
    check->voiding = voiding;
    check->next = chunk->first + chunk->count;
    check->bets += chunk->count;
    return chunk->first == wanted ||
           error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: of reset %" PRIu32 " of agency %" PRIu32 " bet %" PRIu64
                     " was to come, and bet %" PRIu64 " came; see quiniela check, and restore it from a copy",
                     voiding, chunk->agency, wanted, chunk->first);
}

bool voided_check_end(const struct voided_check *check, const struct stored_draw *draw, struct error *error) {
    return check->bets == draw->voided ||
           error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: %" PRIu64 " voided bets are there in place of %" PRIu64
                     "; see quiniela check, and restore it from a copy",
                     check->bets, draw->voided);
}

#include "ledger/earlier.h"

#include "bet/errors.h"
#include "ledger/state.h"

#include <assert.h>

void earlier_keep(struct ledger *ledger, struct queue_node *requests) {
    assert(ledger->earlier.requests == NULL);
    ledger->earlier = (struct earlier){.requests = requests};
    error_clear(&ledger->earlier.error);
}

bool earlier_is_there(const struct ledger *ledger) {
    return ledger->earlier.requests != NULL;
}

bool earlier_wait(struct ledger *ledger, struct error *error) {
    struct earlier *earlier = &ledger->earlier;
    if (earlier->requests == NULL) {
        return true;
    }
    if (!earlier->is_known) {
        earlier->is_known = true;
        earlier->is_stored = store_commit_wait(ledger->store, &earlier->error);
    }
    if (!earlier->is_stored) {
        *error = earlier->error;
    }
    return earlier->is_stored;
}

struct queue_node *earlier_take(struct ledger *ledger) {
    struct queue_node *requests = ledger->earlier.requests;
    ledger->earlier.requests = NULL;
    return requests;
}

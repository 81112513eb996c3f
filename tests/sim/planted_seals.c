// Bugs in receipts, seals and signed draws that the simulation must find. SIMULATION_PLANT names the one that
// this run has.
#include "planted.h"

#include "ledger/receipts.h"
#include "ledger/request.h"
#include "ledger/sealed_tree.h"
#include "ledger/sealing.h"
#include "ledger/stage.h"
#include "ledger/state.h"

// A chunk has its receipt before it is committed.
typedef bool staging(struct ledger *ledger, struct ledger_request *request, const struct decision *decision,
                     struct error *error);
staging __real_stage, __wrap_stage;

bool __wrap_stage(struct ledger *ledger, struct ledger_request *request, const struct decision *decision,
                  struct error *error) {
    bool done = __real_stage(ledger, request, decision, error);
    if (done && is_planted("early_receipt") && request->answer.receipt == NULL) {
        struct queue_node *next = request->node.next;
        request->node.next = NULL;
        receipts_give(ledger, &request->node);
        request->node.next = next;
    }
    return done;
}

// A receipt is of one bet more.
typedef bool receipting(struct commit_receipts *receipts, uint32_t agency, uint64_t first, uint64_t count,
                        const struct hash *digest, char entry[RECEIPT_BYTES_MAX], size_t *length);
receipting __real_commit_receipts_add, __wrap_commit_receipts_add;

bool __wrap_commit_receipts_add(struct commit_receipts *receipts, uint32_t agency, uint64_t first,
                                uint64_t count, const struct hash *digest, char entry[RECEIPT_BYTES_MAX],
                                size_t *length) {
    uint64_t from = first + is_planted("long_receipt");
    return __real_commit_receipts_add(receipts, agency, from, count, digest, entry, length);
}

// The bets are hidden by other salts than the rules name.
typedef bool computing(struct store *store, const struct sealed_terms *terms, FILE *list,
                       struct checkpoint *seal, struct error *error);
computing __real_sealed_tree_compute, __wrap_sealed_tree_compute;

bool __wrap_sealed_tree_compute(struct store *store, const struct sealed_terms *terms, FILE *list,
                                struct checkpoint *seal, struct error *error) {
    struct sealed_terms other = *terms;
    other.secret[0] ^= is_planted("other_salts");
    return __real_sealed_tree_compute(store, &other, list, seal, error);
}

// The draw does not wait for the root.
bool __real_sealing_lets_draw(const struct ledger *ledger, struct error *error);
bool __wrap_sealing_lets_draw(const struct ledger *ledger, struct error *error);

bool __wrap_sealing_lets_draw(const struct ledger *ledger, struct error *error) {
    return is_planted("early_draw") || __real_sealing_lets_draw(ledger, error);
}

// The draw changes the root.
bool __real_store_put_draw(struct store *store, struct stored_draw *draw, struct error *error);
bool __wrap_store_put_draw(struct store *store, struct stored_draw *draw, struct error *error);

bool __wrap_store_put_draw(struct store *store, struct stored_draw *draw, struct error *error) {
    draw->root[0] ^= is_planted("second_root") && draw->has_root && draw->state == DRAW_DRAWN;
    return __real_store_put_draw(store, draw, error);
}

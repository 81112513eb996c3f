// Receipts of a signed draw's chunks: for those that ask for one, after the commit that holds them, with one
// signature for all of the commit.
#ifndef QUINIELA_LEDGER_RECEIPTS_H
#define QUINIELA_LEDGER_RECEIPTS_H

#include "base/queue.h"
#include "notary/commit_receipts.h"

struct ledger;
struct ledger_request;

// What an agency gets for a chunk (docs/verifiable-draw.md).
struct ledger_receipt {
    char entry[RECEIPT_BYTES_MAX];
    size_t entry_length;
    uint64_t index; // of the entry, in the tree of the commit
    struct merkle_path path;
    char note[RECEIPTS_NOTE_BYTES_MAX]; // of the commit
    size_t note_length;
};

// Whether the request is one that gets a receipt once it is stored: it asks for one, it has bets, and the
// draw is signed.
bool receipts_are_due(const struct ledger *ledger, const struct ledger_request *request);

// The requests have been committed: each that is due, and was not refused, gets its receipt
// (ledger_answer.receipt). Where one cannot be made for want of memory that is logged, and none of them gets
// one: what they sent is stored all the same.
void receipts_give(const struct ledger *ledger, struct queue_node *requests);

#endif

// Whether the papers of a draw are all there, as its row says: the records of its rules, its seal, its
// result. What is in them is not read here, only that it is as it was stored (store.h).
#ifndef QUINIELA_LEDGER_PAPERS_CHECK_H
#define QUINIELA_LEDGER_PAPERS_CHECK_H

#include "base/error.h"
#include "store/rows.h"

#include <stdint.h>

// All zeros at the beginning.
struct papers_check {
    uint32_t rules, next; // records of the rules so far, and the number after the last of them
    bool has_seal, has_result;
};

// Takes the next paper, in the order of store_papers.
void papers_check_take(struct papers_check *check, const struct stored_paper *paper);

// Call after the last one. ERROR_STORE_FAILED, naming the first thing that is wrong, when papers are missing
// or the draw's row knows nothing of them.
bool papers_check_end(const struct papers_check *check, const struct stored_draw *draw,
                      struct error *error) MUST_CHECK;

#endif

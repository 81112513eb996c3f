#include "ledger/papers_check.h"

#include "bet/errors.h"

#include <inttypes.h>

#define ADVICE "; see quiniela check, and restore it from a copy"

void papers_check_take(struct papers_check *check, const struct stored_paper *paper) {
    if (paper->kind == PAPER_RULES) {
        check->rules++;
        check->next = paper->number + 1;
    }
    check->has_seal = check->has_seal || paper->kind == PAPER_SEAL;
    check->has_result = check->has_result || paper->kind == PAPER_RESULT;
}

// `wanted` is what the draw's row says of a paper that comes once.
static bool check_one(bool is_there, bool wanted, const char *name, struct error *error) {
    return is_there == wanted ||
           error_set(error, ERROR_STORE_FAILED, "the store is damaged: the draw's %s is %s" ADVICE, name,
                     is_there ? "there, and its row says that there can be none" : "missing");
}

// Numbers differ, and begin at 0: as many as the last one says are all of them.
bool papers_check_end(const struct papers_check *check, const struct stored_draw *draw, struct error *error) {
    if (check->rules != draw->rules || check->next != draw->rules) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: %" PRIu32
                         " records of the draw's rules are there in place of "
                         "%" PRIu32 ADVICE,
                         check->rules, draw->rules);
    }
    bool has_result = draw->rules > 0 && draw->state == DRAW_DRAWN;
    return check_one(check->has_seal, draw->has_root, "seal", error) &&
           check_one(check->has_result, has_result, "result", error);
}

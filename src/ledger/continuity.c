#include "ledger/continuity.h"

#include "bet/errors.h"

#include <inttypes.h>
#include <stdlib.h>

struct expected {
    uint32_t agency;
    uint64_t bets;
};

struct continuity {
    struct expected *agencies; // by number
    size_t count, capacity;
    size_t now;    // the agency whose chunks are coming
    uint64_t bets; // of that agency so far
    uint32_t only; // the one agency wanted, or 0
};

static bool add_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct continuity *continuity = context;
    if (continuity->only != 0 && continuity->only != agency->agency) {
        return true;
    }
    if (continuity->count == continuity->capacity) {
        size_t capacity = continuity->capacity * 2 + 64;
        struct expected *larger = reallocarray(continuity->agencies, capacity, sizeof *larger);
        if (larger == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %zu agencies", capacity);
        }
        continuity->agencies = larger;
        continuity->capacity = capacity;
    }
    continuity->agencies[continuity->count++] = (struct expected){agency->agency, agency->bets};
    return true;
}

bool continuity_new(struct store *store, uint32_t agency, struct continuity **result, struct error *error) {
    *result = NULL;
    struct continuity *continuity = calloc(1, sizeof *continuity);
    if (continuity == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the agencies");
    }
    continuity->only = agency;
    if (!store_agencies(store, add_agency, continuity, error)) {
        continuity_free(continuity);
        return false;
    }
    *result = continuity;
    return true;
}

void continuity_free(struct continuity *continuity) {
    if (continuity != NULL) {
        free(continuity->agencies);
        free(continuity);
    }
}

bool continuity_missing(uint32_t agency, uint64_t from, uint64_t to, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: of agency %" PRIu32 " the bets from %" PRIu64 " to %" PRIu64
                     " are missing; see quiniela check, and restore it from a copy",
                     agency, from, to - 1);
}

bool continuity_misplaced(const struct stored_chunk *chunk, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: the chunk of agency %" PRIu32 " from bet %" PRIu64
                     " on lies where none can be; see quiniela check, and restore it from a copy",
                     chunk->agency, chunk->first);
}

// Moves past the agencies before `agency`. All of their chunks must have come.
static bool go_to(struct continuity *continuity, uint64_t agency, struct error *error) {
    bool whole = true;
    while (continuity->now < continuity->count && continuity->agencies[continuity->now].agency < agency) {
        const struct expected *expected = &continuity->agencies[continuity->now++];
        if (whole && continuity->bets < expected->bets) {
            whole = continuity_missing(expected->agency, continuity->bets, expected->bets, error);
        }
        continuity->bets = 0;
    }
    return whole;
}

bool continuity_take(struct continuity *continuity, const struct stored_chunk *chunk, struct error *error) {
    bool right = go_to(continuity, chunk->agency, error);
    uint64_t before = continuity->bets, end = chunk->first + chunk->count;
    bool known =
        continuity->now < continuity->count && continuity->agencies[continuity->now].agency == chunk->agency;
    if (known) {
        continuity->bets = end;
    }
    if (!right) {
        return false;
    }
    if (known && chunk->first > before) {
        return continuity_missing(chunk->agency, before, chunk->first, error);
    }
    if (!known || chunk->first < before || end > continuity->agencies[continuity->now].bets) {
        return continuity_misplaced(chunk, error);
    }
    return true;
}

bool continuity_end(struct continuity *continuity, struct error *error) {
    return go_to(continuity, UINT64_MAX, error);
}

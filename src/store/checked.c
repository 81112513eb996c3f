#include "store/checked.h"

#include "bet/errors.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

bool checked_damaged(const struct store *store, struct error *error, const char *format, ...) {
    char what[ERROR_TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    if (store->on_damage != NULL) {
        store->on_damage(store->damage_context, what);
        return true;
    }
    return error_set(error, ERROR_STORE_FAILED,
                     "%.80s: draw \"%.20s\": %s; see quiniela check, and restore the store from a copy",
                     store->address, store->draw_name, what) ||
           error_because(error, CAUSE_DAMAGED);
}

// The caller's function for the rows, called once each has been checked.
struct caller {
    struct store *store;
    store_each_draw each_draw;
    store_each_agency each_agency;
    store_each_chunk each_chunk;
    store_each_piece each_piece;
    store_each_voided each_voided;
    store_each_winner each_winner;
    store_each_paper each_paper;
    void *context;
    uint64_t winners_checksum; // of the winners read so far
};

// The draw and the agencies -------------------------------------------------------------------------------

bool checked_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return store->operations->get_draw(store, draw, found, error) &&
           (!*found || draw->checksum == stored_draw_checksum(store->draw_name, draw) ||
            checked_damaged(store, error, "the row of the draw is damaged"));
}

// A damaged row is one of another draw, as a rule: whoever lists them is told its name.
static bool hand_on_draw(void *context, const char *name, const struct stored_draw *draw,
                         struct error *error) {
    const struct caller *caller = context;
    if (draw->checksum != stored_draw_checksum(name, draw)) {
        return checked_damaged(caller->store, error, "the row of draw \"%.40s\" is damaged", name);
    }
    return caller->each_draw(caller->context, name, draw, error);
}

bool checked_draws(struct store *store, store_each_draw each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_draw = each, .context = context};
    return store->operations->draws(store, hand_on_draw, &caller, error);
}

static bool hand_on_agency(void *context, const struct stored_agency *agency, struct error *error) {
    const struct caller *caller = context;
    if (agency->checksum != stored_agency_checksum(caller->store->draw_name, agency)) {
        return checked_damaged(caller->store, error, "the row of agency %" PRIu32 " is damaged",
                               agency->agency);
    }
    return caller->each_agency(caller->context, agency, error);
}

bool checked_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_agency = each, .context = context};
    return store->operations->agencies(store, hand_on_agency, &caller, error);
}

bool checked_some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                           store_each_agency each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_agency = each, .context = context};
    return store->operations->some_agencies(store, numbers, count, locks, hand_on_agency, &caller, error);
}

// Chunks --------------------------------------------------------------------------------------------------

static bool hand_on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct caller *caller = context;
    if (chunk->numbers == NULL || chunk->checksum != stored_chunk_checksum(caller->store->draw_name, chunk)) {
        return checked_damaged(caller->store, error,
                               "the chunk of agency %" PRIu32 " from bet %" PRIu64
                               " on is not as it was stored",
                               chunk->agency, chunk->first);
    }
    return caller->each_chunk(caller->context, chunk, error);
}

bool checked_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_chunk = each, .context = context};
    return store->operations->numbers(store, hand_on_chunk, &caller, error);
}

bool checked_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                    void *context, struct error *error) {
    struct caller caller = {.store = store, .each_chunk = each, .context = context};
    return store->operations->chunks(store, agency, from, to, hand_on_chunk, &caller, error);
}

// Only the plausibility of the columns can be checked here: the checksum covers the numbers, too.
static bool hand_on_piece(void *context, const struct stored_piece *piece, struct error *error) {
    const struct caller *caller = context;
    if (piece->digest == NULL || piece->count == 0) {
        return checked_damaged(caller->store, error,
                               "a chunk from bet %" PRIu64 " on is not as it was stored", piece->first);
    }
    return caller->each_piece(caller->context, piece, error);
}

bool checked_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                    store_each_piece each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_piece = each, .context = context};
    return store->operations->pieces(store, agency, from, count_max, hand_on_piece, &caller, error);
}

static bool hand_on_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                           struct error *error) {
    const struct caller *caller = context;
    if (chunk->numbers == NULL ||
        chunk->checksum != stored_voided_checksum(caller->store->draw_name, voiding, chunk)) {
        return checked_damaged(caller->store, error,
                               "the chunk from bet %" PRIu64 " on, of reset %" PRIu32 " of agency %" PRIu32
                               ", is not as it was stored",
                               chunk->first, voiding, chunk->agency);
    }
    return caller->each_voided(caller->context, voiding, chunk, error);
}

bool checked_voided(struct store *store, store_each_voided each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_voided = each, .context = context};
    return store->operations->voided(store, hand_on_voided, &caller, error);
}

// Winners -------------------------------------------------------------------------------------------------

static bool hand_on_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct caller *caller = context;
    if (winner->document == NULL) {
        return checked_damaged(caller->store, error, "a winner of agency %" PRIu32 " has no document",
                               winner->agency);
    }
    caller->winners_checksum += stored_winner_checksum(caller->store->draw_name, winner);
    return caller->each_winner(caller->context, winner, error);
}

// The winners share one checksum, which is kept with the draw. So a missing winner is noticed, too.
bool checked_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_winner = each, .context = context};
    struct stored_draw draw;
    bool found, has_draw = checked_draw(store, &draw, &found, error);
    stored_draw_forget(&draw);
    return has_draw && store->operations->winners(store, hand_on_winner, &caller, error) &&
           (!found || draw.state != DRAW_DRAWN || draw.winners_checksum == caller.winners_checksum ||
            checked_damaged(store, error, "the winners are not as they were stored"));
}

// Papers --------------------------------------------------------------------------------------------------

static bool hand_on_paper(void *context, const struct stored_paper *paper, struct error *error) {
    const struct caller *caller = context;
    if (paper->kind == PAPER_UNKNOWN || paper->bytes == NULL || paper->length > STORE_PAPER_BYTES_MAX ||
        paper->checksum != stored_paper_checksum(caller->store->draw_name, paper)) {
        return checked_damaged(caller->store, error, "paper %" PRIu32 " (%s) is not as it was stored",
                               paper->number,
                               paper->kind == PAPER_UNKNOWN ? "of no kind" : store_paper_name(paper->kind));
    }
    return caller->each_paper(caller->context, paper, error);
}

bool checked_papers(struct store *store, store_each_paper each, void *context, struct error *error) {
    struct caller caller = {.store = store, .each_paper = each, .context = context};
    return store->operations->papers(store, hand_on_paper, &caller, error);
}

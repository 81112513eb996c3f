// The part common to every kind of store: failures are sticky, rows get their checksums, and only a shared
// store does the work that sharing needs.
#include "store/store.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "store/backend.h"
#include "store/calls.h"
#include "store/checked.h"

#include <assert.h>
#include <string.h>

// Opening and closing -------------------------------------------------------------------------------------

bool store_check_draw(const char *draw, struct error *error) {
    return (strlen(draw) <= DRAW_NAME_BYTES_MAX && draw[0] != '\0') ||
           error_set(error, ERROR_BAD_SETTING, "DRAW: a draw's name has 1 to %d bytes", DRAW_NAME_BYTES_MAX);
}

static bool open_store(const struct store_opening *opening, struct store **store, struct error *error) {
    *store = NULL;
    if (!store_check_draw(opening->draw, error)) {
        return false;
    }
    store_call_begin();
    bool done = store_kind_of(opening->address)->open(opening, store, error);
    store_call_end();
    return done;
}

bool store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                struct error *error) {
    return open_store(&(struct store_opening){.address = address, .draw = draw, .mode = mode}, store, error);
}

bool store_open_same(const char *address, const char *draw, struct store_identity *identity,
                     struct store **store, struct error *error) {
    struct store_opening opening = {
        .address = address, .draw = draw, .mode = STORE_SERVE, .identity = identity};
    return open_store(&opening, store, error);
}

bool store_open_same_to_read(const char *address, const char *draw, struct store_identity *identity,
                             struct store **store, struct error *error) {
    struct store_opening opening = {
        .address = address, .draw = draw, .mode = STORE_READ, .identity = identity};
    return open_store(&opening, store, error);
}

void store_forget(struct store_identity *identity) {
    if (identity->kept != NULL) {
        identity->forget(identity->kept);
    }
    *identity = (struct store_identity){0};
}

const char *store_place(const struct store *store) {
    return store->address;
}

const char *store_draw_name(const struct store *store) {
    return store->draw_name;
}

const char *store_id(const struct store *store) {
    return store->id;
}

bool store_find_id(const char *address, char id[STORE_ID_BYTES], struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    id[0] = '\0';
    return kind->find_id == NULL || kind->find_id(address, id, error);
}

bool store_is_shared(const struct store *store) {
    return store->operations->is_shared;
}

void store_drop(struct store *store) {
    if (store->in_group) {
        store->in_group = false;
        store_call_begin();
        store->failed = !store->operations->rollback(store) || store->failed;
        store_call_end();
    }
}

void store_give_up(struct store **store) {
    (*store)->failed = true;
    store_close(store);
}

void store_close(struct store **store) {
    store_drop(*store);
    store_call_begin();
    (*store)->operations->close(*store);
    store_call_end();
    *store = NULL;
}

// Groups --------------------------------------------------------------------------------------------------

static bool is_well(const struct store *store, struct error *error) {
    return !store->failed || error_set(error, ERROR_STORE_FAILED, "the store has failed and is not open");
}

// Invariant 3: after a failure, no call gets past this. `result` is where it ends.
static bool may_go_on(const struct store *store, struct error *error) {
    if (!is_well(store, error)) {
        return false;
    }
    store_call_begin();
    return true;
}

static bool result(struct store *store, bool done, const struct error *error) {
    if (!done) {
        store->failed = error->code != ERROR_STORE_STALE && error->code != ERROR_STORE_REFUSED;
        store_drop(store);
    }
    store_call_end();
    return done;
}

bool store_begin(struct store *store, struct error *error) {
    assert(!store->in_group);
    store->winners_checksum = 0;
    if (!may_go_on(store, error)) {
        return false;
    }
    store->in_group = result(store, store->operations->begin(store, error), error);
    return store->in_group;
}

bool store_commit(struct store *store, struct error *error) {
    if (!may_go_on(store, error)) {
        return false;
    }
    assert(store->in_group);
    if (!result(store, store->operations->commit(store, error), error)) {
        return false;
    }
    store->in_group = false;
    return true;
}

bool store_try_room(struct store *store, size_t bytes, struct error *error) {
    if (store->operations->try_room == NULL) {
        return is_well(store, error);
    }
    bool has = store_begin(store, error) && may_go_on(store, error) &&
               result(store, store->operations->try_room(store, bytes, error), error);
    store_drop(store);
    return has;
}

// Writing -------------------------------------------------------------------------------------------------

// A draw's own number, which it gets when it is stored first.
static bool number_draw(struct store *store, uint32_t *number, struct error *error) {
    return *number != 0 || store->operations->number_draw == NULL ||
           (may_go_on(store, error) &&
            result(store, store->operations->number_draw(store, number, error), error));
}

bool store_put_draw(struct store *store, struct stored_draw *draw, struct error *error) {
    uint32_t number = draw->number;
    if (!number_draw(store, &number, error)) {
        return false;
    }
    struct stored_draw summed = *draw;
    summed.number = number;
    summed.has_number = draw->has_number || draw->number_mode == NUMBER_FIXED;
    summed.winners_checksum =
        draw->state == DRAW_DRAWN ? draw->winners_checksum + store->winners_checksum : 0;
    summed.checksum = stored_draw_checksum(store->draw_name, &summed);
    summed.replaces = draw->checksum;
    bool put =
        may_go_on(store, error) && result(store, store->operations->put_draw(store, &summed, error), error);
    if (put) {
        *draw = summed;
    }
    stored_draw_forget(&summed);
    return put;
}

bool store_put_agency(struct store *store, struct stored_agency *agency, struct error *error) {
    struct stored_agency summed = *agency;
    if (agency->finished_at[0] != '\0' && agency->ending == AGENCY_UNFINISHED) {
        summed.ending = AGENCY_FINISHED;
    }
    summed.checksum = stored_agency_checksum(store->draw_name, &summed);
    summed.replaces = agency->checksum;
    if (!may_go_on(store, error) ||
        !result(store, store->operations->put_agency(store, &summed, error), error)) {
        return false;
    }
    *agency = summed;
    return true;
}

bool store_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    struct stored_chunk summed = *chunk;
    summed.checksum = stored_chunk_checksum(store->draw_name, chunk);
    return may_go_on(store, error) &&
           result(store, store->operations->add_chunk(store, &summed, error), error);
}

bool store_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    store->winners_checksum += stored_winner_checksum(store->draw_name, winner);
    return may_go_on(store, error) &&
           result(store, store->operations->add_winner(store, winner, error), error);
}

bool store_add_paper(struct store *store, const struct stored_paper *paper, struct error *error) {
    struct stored_paper summed = *paper;
    summed.checksum = stored_paper_checksum(store->draw_name, paper);
    return may_go_on(store, error) &&
           result(store,
                  (paper->length > 0 && paper->length <= STORE_PAPER_BYTES_MAX) ||
                      error_set(error, ERROR_STORE_REFUSED,
                                "a paper (%s) has %zu bytes, and one of 1 to %d can be stored",
                                store_paper_name(paper->kind), paper->length, STORE_PAPER_BYTES_MAX),
                  error) &&
           result(store, store->operations->add_paper(store, &summed, error), error);
}

bool store_void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                       struct error *error) {
    assert(voiding > 0);
    return may_go_on(store, error) &&
           result(store, store->operations->void_agency(store, agency, voiding, bets, error), error);
}

// The winners' common checksum, of rows without documents.
static bool sum_up_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct store *store = context;
    struct stored_winner left = {winner->agency, winner->bet, ""};
    (void)error;
    store->winners_checksum += stored_winner_checksum(store->draw_name, &left);
    return true;
}

bool store_erase(struct store *store, struct stored_draw *draw, struct error *error) {
    assert(store->in_group);
    if (draw->erased_at[0] == '\0') {
        clock_utc_text(draw->erased_at);
    }
    stored_draw_forget(draw); // the secret goes, too
    draw->winners_checksum = store->winners_checksum = 0;
    return may_go_on(store, error) &&
           result(store,
                  store->operations->winners(store, sum_up_winner, store, error) &&
                      store->operations->erase(store, error),
                  error) &&
           store_put_draw(store, draw, error);
}

// Between the servers of a shared store -------------------------------------------------------------------

bool store_snapshot(struct store *store, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) && result(store, store->operations->snapshot(store, error), error));
}

bool store_end_snapshot(struct store *store, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) && result(store, store->operations->end_snapshot(store, error), error));
}

bool store_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                          struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) &&
            result(store, store->operations->count_finished(store, draw_checksum, more, finished, error),
                   error));
}

bool store_lock_draw(struct store *store, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) && result(store, store->operations->lock_draw(store, error), error));
}

bool store_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) &&
            result(store, store->operations->hold_draw(store, draw_checksum, error), error));
}

bool store_now(struct store *store, char now[STORE_TIME_BYTES], struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->now(store, now, error), error);
}

bool store_confirm(struct store *store, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) && result(store, store->operations->confirm(store, error), error));
}

static bool claim_draw(struct store *store, struct error *error) {
    bool claimed = true;
    return !store_is_shared(store) ||
           (store->operations->claim_draw(store, &claimed, error) &&
            (claimed || error_set(error, ERROR_STORE_STALE, "another server is making the draw, or has")));
}

bool store_begin_draw(struct store *store, struct error *error) {
    return store_begin(store, error) && may_go_on(store, error) &&
           result(store, claim_draw(store, error), error);
}

bool store_some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                         store_each_agency each, void *context, struct error *error) {
    assert(store->in_group || !locks);
    return may_go_on(store, error) &&
           result(store, checked_some_agencies(store, numbers, count, locks, each, context, error), error);
}

bool store_total_agencies(struct store *store, struct stored_totals *totals, struct error *error) {
    return may_go_on(store, error) &&
           result(store, store->operations->total_agencies(store, totals, error), error);
}

bool store_count_papers(struct store *store, uint32_t *count, struct error *error) {
    return may_go_on(store, error) &&
           result(store, store->operations->count_papers(store, count, error), error);
}

// Reading -------------------------------------------------------------------------------------------------

bool store_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return may_go_on(store, error) && result(store, checked_draw(store, draw, found, error), error);
}

bool store_draws(struct store *store, store_each_draw each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, checked_draws(store, each, context, error), error);
}

bool store_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, checked_agencies(store, each, context, error), error);
}

bool store_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, checked_numbers(store, each, context, error), error);
}

bool store_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                  void *context, struct error *error) {
    return may_go_on(store, error) &&
           result(store, checked_chunks(store, agency, from, to, each, context, error), error);
}

bool store_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                  store_each_piece each, void *context, struct error *error) {
    return may_go_on(store, error) &&
           result(store, checked_pieces(store, agency, from, count_max, each, context, error), error);
}

bool store_voided(struct store *store, store_each_voided each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, checked_voided(store, each, context, error), error);
}

bool store_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, checked_winners(store, each, context, error), error);
}

bool store_papers(struct store *store, store_each_paper each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, checked_papers(store, each, context, error), error);
}

// Surveys -------------------------------------------------------------------------------------------------

void store_survey(struct store *store, store_on_damage on_damage, void *context) {
    store->on_damage = on_damage;
    store->damage_context = context;
}

bool store_check_files(struct store *store, struct error *error) {
    assert(store->on_damage != NULL);
    return may_go_on(store, error) &&
           result(store,
                  store->operations->check_files(store, store->on_damage, store->damage_context, error),
                  error);
}

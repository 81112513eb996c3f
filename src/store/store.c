// The store's contract as far as it is the same for every implementation: above all, that a failure is
// sticky, and that what is read is what was stored.
#include "store/store.h"

#include "base/checksum.h"
#include "bet/errors.h"
#include "store/postgres_link.h"
#include "store/postgres_reach.h"
#include "store/sqlite_files.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *draw_state_name(enum draw_state state) {
    static const char *const names[] = {"open", "sealed", "drawn"};
    return names[state];
}

bool store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                struct error *error) {
    return postgres_is_address(address) ? postgres_store_open(address, draw, mode, store, error)
                                        : sqlite_store_open(address, draw, mode, store, error);
}

bool store_open_same(const char *address, const char *draw, struct store_identity *identity,
                     struct store **store, struct error *error) {
    return postgres_is_address(address) ? postgres_store_open(address, draw, STORE_SERVE, store, error)
                                        : sqlite_store_open_same(address, draw, identity, store, error);
}

void store_forget(struct store_identity *identity) {
    if (identity->is_known) {
        close(identity->database);
        close(identity->log);
        close(identity->keeper);
    }
    *identity = (struct store_identity){0};
}

void store_show_address(const char *address, char text[STORE_ADDRESS_BYTES]) {
    if (postgres_is_address(address)) {
        postgres_show_address(address, text);
    } else {
        snprintf(text, STORE_ADDRESS_BYTES, "%s", address);
    }
}

void store_paths(const char *address, store_each_path each, void *context) {
    if (postgres_is_address(address)) {
        postgres_paths(address, each, context);
    } else {
        sqlite_paths(address, each, context);
    }
}

bool store_is_remote(const char *address) {
    return postgres_is_address(address);
}

bool store_ports(const char *address, uint16_t *ports, size_t room, size_t *count) {
    return postgres_ports(address, ports, room, count);
}

void store_interrupt_on(int descriptor) {
    postgres_interrupt_on(descriptor);
}

bool store_check_address(const char *address, struct error *error) {
    return postgres_is_address(address) ? postgres_check_address(address, error)
                                        : sqlite_files_check_name(address, error);
}

void store_conceal_address(char *address) {
    postgres_conceal(address);
}

bool store_is_shared(const struct store *store) {
    return store->operations->snapshot != NULL;
}

void store_drop(struct store *store) {
    if (store->in_group) {
        store->in_group = false;
        store->operations->rollback(store);
    }
}

void store_give_up(struct store **store) {
    (*store)->failed = true;
    store_close(store);
}

void store_close(struct store **store) {
    store_drop(*store);
    (*store)->operations->close(*store);
    *store = NULL;
}

// Invariant 3: no call gets past this after one has failed.
static bool may_go_on(const struct store *store, struct error *error) {
    return !store->failed || error_set(error, ERROR_STORE_FAILED, "the store has failed and is not open");
}

static bool result(struct store *store, bool done, const struct error *error) {
    if (!done) {
        store->failed = error->code != ERROR_STORE_STALE && error->code != ERROR_STORE_REFUSED;
        store_drop(store);
    }
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

bool store_try_room(struct store *store, size_t bytes, struct error *error) {
    if (store->operations->try_room == NULL) {
        return may_go_on(store, error);
    }
    bool has =
        store_begin(store, error) && result(store, store->operations->try_room(store, bytes, error), error);
    store_drop(store);
    return has;
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

// Checksums -----------------------------------------------------------------------------------------------

static uint64_t draw_checksum(const struct store *store, const struct stored_draw *draw) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, store->draw_name);
    checksum = checksum_text(checksum, draw_state_name(draw->state));
    checksum = checksum_number(checksum, draw->agencies);
    checksum = checksum_number(checksum, draw->winning_number);
    checksum = checksum_text(checksum, draw->opened_at);
    checksum = checksum_text(checksum, draw->sealed_at);
    checksum = checksum_text(checksum, draw->drawn_at);
    return checksum_number(checksum, draw->winners_checksum);
}

static uint64_t agency_checksum(const struct store *store, const struct stored_agency *agency) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, store->draw_name);
    checksum = checksum_number(checksum, agency->agency);
    checksum = checksum_number(checksum, agency->bets);
    checksum = checksum_text(checksum, agency->finished_at);
    return checksum_text(checksum, agency->told_at);
}

// With the chunk's place, so that a chunk that turns up at another's place is found.
static uint64_t chunk_checksum(const struct store *store, const struct stored_chunk *chunk) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, store->draw_name);
    checksum = checksum_number(checksum, chunk->agency);
    checksum = checksum_number(checksum, chunk->first);
    checksum = checksum_number(checksum, chunk->count);
    return checksum_bytes(checksum, chunk->numbers, (size_t)chunk->count * 2);
}

static uint64_t winner_checksum(const struct store *store, const struct stored_winner *winner) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, store->draw_name);
    checksum = checksum_number(checksum, winner->agency);
    checksum = checksum_number(checksum, winner->bet);
    return checksum_text(checksum, winner->document);
}

// Damage: an error, or, in a survey, something to be told. Returns whether to go on.
static bool damaged(const struct store *store, struct error *error, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool damaged(const struct store *store, struct error *error, const char *format, ...) {
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
                     store->address, store->draw_name, what);
}

// Writing -------------------------------------------------------------------------------------------------

bool store_put_draw(struct store *store, struct stored_draw *draw, struct error *error) {
    struct stored_draw summed = *draw;
    summed.winners_checksum =
        draw->state == DRAW_DRAWN ? draw->winners_checksum + store->winners_checksum : 0;
    summed.checksum = draw_checksum(store, &summed);
    summed.replaces = draw->checksum;
    if (!may_go_on(store, error) ||
        !result(store, store->operations->put_draw(store, &summed, error), error)) {
        return false;
    }
    *draw = summed;
    return true;
}

bool store_put_agency(struct store *store, struct stored_agency *agency, struct error *error) {
    struct stored_agency summed = *agency;
    summed.checksum = agency_checksum(store, agency);
    summed.replaces = agency->checksum;
    if (!may_go_on(store, error) ||
        !result(store, store->operations->put_agency(store, &summed, error), error)) {
        return false;
    }
    *agency = summed;
    return true;
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

bool store_confirm(struct store *store, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) && result(store, store->operations->confirm(store, error), error));
}

static bool claim_draw(struct store *store, struct error *error) {
    bool claimed = true;
    return !store_is_shared(store) ||
           (store->operations->claim_draw(store, &claimed, error) &&
            (claimed || error_set(error, ERROR_STORE_STALE, "another server makes the draw")));
}

bool store_begin_draw(struct store *store, struct error *error) {
    return store_begin(store, error) && result(store, claim_draw(store, error), error);
}

bool store_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    struct stored_chunk summed = *chunk;
    summed.checksum = chunk_checksum(store, chunk);
    return may_go_on(store, error) &&
           result(store, store->operations->add_chunk(store, &summed, error), error);
}

bool store_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    store->winners_checksum += winner_checksum(store, winner);
    return may_go_on(store, error) &&
           result(store, store->operations->add_winner(store, winner, error), error);
}

// Reading -------------------------------------------------------------------------------------------------

static bool read_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return store->operations->get_draw(store, draw, found, error) &&
           (!*found || draw->checksum == draw_checksum(store, draw) ||
            damaged(store, error, "the row of the draw is damaged"));
}

bool store_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return may_go_on(store, error) && result(store, read_draw(store, draw, found, error), error);
}

bool store_snapshot(struct store *store, struct error *error) {
    return !store_is_shared(store) ||
           (may_go_on(store, error) && result(store, store->operations->snapshot(store, error), error));
}

static bool read_agency(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                        struct error *error) {
    return store->operations->get_agency(store, number, agency, found, error) &&
           (!*found || agency->checksum == agency_checksum(store, agency) ||
            damaged(store, error, "the row of agency %" PRIu32 " is damaged", number));
}

bool store_get_agency(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                      struct error *error) {
    return may_go_on(store, error) && result(store, read_agency(store, number, agency, found, error), error);
}

// A caller's function for the rows, behind the check of each.
struct checking {
    struct store *store;
    store_each_agency each_agency;
    store_each_chunk each_chunk;
    store_each_piece each_piece;
    store_each_winner each_winner;
    void *context;
    uint64_t winners_checksum;
};

static bool check_agency(void *context, const struct stored_agency *agency, struct error *error) {
    const struct checking *checking = context;
    if (agency->checksum != agency_checksum(checking->store, agency)) {
        return damaged(checking->store, error, "the row of agency %" PRIu32 " is damaged", agency->agency);
    }
    return checking->each_agency(checking->context, agency, error);
}

bool store_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    struct checking checking = {.store = store, .each_agency = each, .context = context};
    return may_go_on(store, error) &&
           result(store, store->operations->agencies(store, check_agency, &checking, error), error);
}

static bool check_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct checking *checking = context;
    if (chunk->numbers == NULL || chunk->checksum != chunk_checksum(checking->store, chunk)) {
        return damaged(checking->store, error,
                       "the chunk of agency %" PRIu32 " from bet %" PRIu64 " on is not as it was stored",
                       chunk->agency, chunk->first);
    }
    return checking->each_chunk(checking->context, chunk, error);
}

bool store_lock_agencies(struct store *store, const uint32_t *numbers, size_t count, store_each_agency each,
                         void *context, struct error *error) {
    struct checking checking = {.store = store, .each_agency = each, .context = context};
    assert(store->in_group);
    return may_go_on(store, error) &&
           result(store,
                  store->operations->lock_agencies(store, numbers, count, check_agency, &checking, error),
                  error);
}

bool store_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct checking checking = {.store = store, .each_chunk = each, .context = context};
    return may_go_on(store, error) &&
           result(store, store->operations->numbers(store, check_chunk, &checking, error), error);
}

bool store_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                  void *context, struct error *error) {
    struct checking checking = {.store = store, .each_chunk = each, .context = context};
    return may_go_on(store, error) &&
           result(store, store->operations->chunks(store, agency, from, to, check_chunk, &checking, error),
                  error);
}

// Only the columns' own sense can be checked here: the checksum is of the numbers, too.
static bool check_piece(void *context, const struct stored_piece *piece, struct error *error) {
    const struct checking *checking = context;
    if (piece->digest == NULL || piece->count == 0) {
        return damaged(checking->store, error, "a chunk from bet %" PRIu64 " on is not as it was stored",
                       piece->first);
    }
    return checking->each_piece(checking->context, piece, error);
}

bool store_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                  store_each_piece each, void *context, struct error *error) {
    struct checking checking = {.store = store, .each_piece = each, .context = context};
    return may_go_on(store, error) &&
           result(store,
                  store->operations->pieces(store, agency, from, count_max, check_piece, &checking, error),
                  error);
}

static bool sum_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct checking *checking = context;
    if (winner->document == NULL) {
        return damaged(checking->store, error, "a winner of agency %" PRIu32 " has no document",
                       winner->agency);
    }
    checking->winners_checksum += winner_checksum(checking->store, winner);
    return checking->each_winner(checking->context, winner, error);
}

// The winners carry one checksum together, which stands with the draw: so one that is gone is found, too.
static bool read_winners(struct checking *checking, struct error *error) {
    struct stored_draw draw;
    bool found;
    struct store *store = checking->store;
    return read_draw(store, &draw, &found, error) &&
           store->operations->winners(store, sum_winner, checking, error) &&
           (!found || draw.state != DRAW_DRAWN || draw.winners_checksum == checking->winners_checksum ||
            damaged(store, error, "the winners are not as they were stored"));
}

bool store_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    struct checking checking = {.store = store, .each_winner = each, .context = context};
    return may_go_on(store, error) && result(store, read_winners(&checking, error), error);
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

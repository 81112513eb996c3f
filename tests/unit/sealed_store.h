// The specification's small draw in a store of SQLite, sealed; without the root of its tree.
#ifndef QUINIELA_TESTS_SEALED_STORE_H
#define QUINIELA_TESTS_SEALED_STORE_H

#include "seal_story.h"
#include "temporary.h"

#include "bet/chunk.h"
#include "store/store.h"

#define SMALL_DRAW "2026-11-25"
#define SMALL_SEALED_AT "2026-11-25T21:00:01Z"

static inline void small_put_chunk(struct store *store, uint32_t number) {
    const struct small_agency *agency = &small_agencies[number - 1];
    struct chunk *chunk = chunk_new(SMALL_BETS_MAX, 4096);
    struct error error;
    for (const char *const *row = agency->rows; *row != NULL; row++) {
        must(chunk_add(chunk, *row, strlen(*row), &error), &error);
    }
    struct stored_agency row = {.agency = number,
                                .bets = chunk->count,
                                .finished_at = SMALL_SEALED_AT,
                                .ending = agency->state == ENTRY_FINISHED ? AGENCY_FINISHED : AGENCY_CUT};
    must(store_put_agency(store, &row, &error), &error);
    struct stored_chunk stored = {.agency = number,
                                  .count = chunk->count,
                                  .numbers = chunk->numbers,
                                  .rows = chunk->rows,
                                  .rows_length = chunk->rows_length};
    assert_true(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, stored.digest));
    if (chunk->count > 0) {
        must(store_add_chunk(store, &stored, &error), &error);
    }
    chunk_free(chunk);
}

// Makes the store at `path`.
static inline void small_store_make(const char *path) {
    struct store *store;
    struct error error;
    struct stored_draw draw = {.state = DRAW_OPEN,
                               .agencies = SMALL_AGENCIES,
                               .number_mode = NUMBER_MANUAL,
                               .opened_at = "2026-11-25T20:00:00Z"};
    must(store_open(path, SMALL_DRAW, STORE_SERVE, &store, &error), &error);
    must(store_begin(store, &error), &error);
    must(store_put_draw(store, &draw, &error), &error);
    for (uint32_t number = 1; number <= SMALL_AGENCIES; number++) {
        small_put_chunk(store, number);
    }
    draw.state = DRAW_SEALED;
    memcpy(draw.sealed_at, SMALL_SEALED_AT, sizeof SMALL_SEALED_AT);
    must(store_put_draw(store, &draw, &error), &error);
    must(store_commit(store, &error), &error);
    store_close(&store);
}

#endif

#include "ledger/draw.h"

#include "bet/bet.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "ledger/chunk_check.h"
#include "ledger/continuity.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct hit {
    uint32_t agency;
    uint64_t bet;
    char document[DOCUMENT_BYTES_MAX + 1]; // once it has been read
};

struct search {
    struct continuity *continuity;
    uint16_t winning_number;
    uint64_t bets;
    struct hit *hits;
    size_t count, capacity;
};

static bool remember(struct search *search, uint32_t agency, uint64_t bet, struct error *error) {
    if (search->count == search->capacity) {
        size_t capacity = search->capacity * 2 + 64;
        struct hit *larger = realloc(search->hits, capacity * sizeof *larger);
        if (larger == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %zu winners", capacity);
        }
        search->hits = larger;
        search->capacity = capacity;
    }
    search->hits[search->count++] = (struct hit){.agency = agency, .bet = bet};
    return true;
}

static bool search_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct search *search = context;
    if (!continuity_take(search->continuity, chunk, error)) {
        return false;
    }
    search->bets += chunk->count;
    for (uint32_t i = 0; i < chunk->count; i++) {
        if (chunk_number(chunk->numbers, i) == search->winning_number &&
            !remember(search, chunk->agency, chunk->first + i, error)) {
            return false;
        }
    }
    return true;
}

// Finds every bet with the winning number. It misses none: the store checks each chunk's checksum, and the
// chunks follow one another without a gap.
static bool find_hits(struct store *store, struct search *search, struct error *error) {
    bool found = continuity_new(store, 0, &search->continuity, error) &&
                 store_numbers(store, search_chunk, search, error) &&
                 continuity_end(search->continuity, error);
    continuity_free(search->continuity);
    return found;
}

struct telling {
    struct hit *hits; // those in the next chunk, followed by the rest
    size_t left;
};

static void read_document(struct hit *hit, const char *row, const char *end) {
    struct bet_slice fields[BET_FIELDS];
    const char *newline = memchr(row, '\n', (size_t)(end - row));
    bet_split(row, (size_t)((newline == NULL ? end : newline) - row), fields);
    size_t length = fields[BET_DOCUMENT].length;
    memcpy(hit->document, fields[BET_DOCUMENT].text,
           length < DOCUMENT_BYTES_MAX ? length : DOCUMENT_BYTES_MAX);
}

// Reads the documents of the hits in this chunk. They come in the order of the bets, so the search for each
// starts where the one before ended. The rows are scanned once, however many of them win.
static bool tell_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct telling *telling = context;
    uint64_t bet = chunk->first; // the bet whose row begins at `at`
    size_t at = 0;
    if (!chunk_check_digest(chunk, error)) {
        return false;
    }
    while (telling->left > 0 && telling->hits->agency == chunk->agency &&
           telling->hits->bet < chunk->first + chunk->count) {
        at +=
            chunk_row_offset(chunk->rows + at, chunk->rows_length - at, (uint32_t)(telling->hits->bet - bet));
        bet = telling->hits->bet;
        read_document(telling->hits, chunk->rows + at, chunk->rows + chunk->rows_length);
        telling->hits++;
        telling->left--;
    }
    return true;
}

static bool add_winner(struct store *store, struct winners *winners, const struct hit *hit,
                       struct error *error) {
    struct stored_winner winner = {hit->agency, hit->bet, hit->document};
    if (!store_add_winner(store, &winner, error)) {
        return false;
    }
    return winners_add(winners, hit->agency, hit->document) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the winners");
}

static bool tell_hits(struct store *store, struct winners *winners, struct hit *hits, size_t count,
                      struct error *error) {
    struct telling telling = {hits, count};
    while (telling.left > 0) {
        struct hit *hit = telling.hits;
        if (!store_chunks(store, hit->agency, hit->bet, hit->bet + 1, tell_chunk, &telling, error)) {
            return false;
        }
        if (telling.hits == hit) {
            return error_set(error, ERROR_STORE_FAILED, "bet %" PRIu64 " of agency %" PRIu32 " is gone",
                             hit->bet, hit->agency);
        }
        for (; hit < telling.hits; hit++) {
            if (!add_winner(store, winners, hit, error)) {
                return false;
            }
        }
    }
    return true;
}

bool draw_make(struct store *store, const struct stored_draw *draw, struct winners **winners, uint64_t *bets,
               struct error *error) {
    struct search search = {.winning_number = draw->winning_number};
    *winners = winners_new(draw->agencies);
    bool made = (*winners != NULL ? find_hits(store, &search, error)
                                  : error_set(error, ERROR_NO_MEMORY, "no memory for the winners")) &&
                tell_hits(store, *winners, search.hits, search.count, error);
    *bets = search.bets;
    free(search.hits);
    if (!made) {
        winners_free(*winners);
        *winners = NULL;
    }
    return made;
}

bool draw_count(struct store *store, uint16_t number, uint64_t *winners, uint64_t *bets,
                struct error *error) {
    struct search search = {.winning_number = number};
    bool counted = find_hits(store, &search, error);
    *winners = search.count;
    *bets = search.bets;
    free(search.hits);
    return counted;
}

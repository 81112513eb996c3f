#include "memory_store.h"

#include "bet/errors.h"
#include "store/kinds.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 16, NUMBERS_BYTES = 64, TEXT_BYTES = 256, DRAWS_MAX = 8, NAME_BYTES = 64, STORES_MAX = 4 };

// What is stored -------------------------------------------------------------------------------------------

struct chunk_row {
    struct stored_chunk chunk; // its pointers are set when it is read
    uint8_t numbers[NUMBERS_BYTES];
    char rows[TEXT_BYTES];
};

struct winner_row {
    uint32_t agency;
    uint64_t bet;
    char document[32];
};

// A draw's rows, each kind in the order in which it is read.
struct rows {
    char draw_name[DRAW_NAME_BYTES_MAX + 1];
    bool has_draw;
    struct stored_draw draw;
    struct stored_agency agencies[ROWS_MAX];
    struct chunk_row chunks[ROWS_MAX];
    struct winner_row winners[ROWS_MAX];
    size_t agency_count, chunk_count, winner_count;
};

static struct place {
    char name[NAME_BYTES];
    bool is_served;
    struct rows draws[DRAWS_MAX]; // as committed
    size_t draw_count;
} places[STORES_MAX];

void memory_store_forget(void) {
    memset(places, 0, sizeof places);
}

// The one of that name, a new one where there is none.
static struct place *place_of(const char *name) {
    struct place *place = places;
    while (place->name[0] != '\0' && strcmp(place->name, name) != 0) {
        place++;
    }
    snprintf(place->name, sizeof place->name, "%s", name);
    return place;
}

static struct rows *committed_rows(struct place *place, const char *draw_name) {
    for (size_t i = 0; i < place->draw_count; i++) {
        if (strcmp(place->draws[i].draw_name, draw_name) == 0) {
            return &place->draws[i];
        }
    }
    struct rows *rows = &place->draws[place->draw_count++];
    snprintf(rows->draw_name, sizeof rows->draw_name, "%s", draw_name);
    return rows;
}

// An open store --------------------------------------------------------------------------------------------

struct memory_store {
    struct store store; // first, so that a pointer to the one is a pointer to the other
    struct place *place;
    bool serves;
    struct rows rows; // a snapshot of a reader; of a server what is committed, and its open group's changes
};

static struct rows *rows_of(struct store *store) {
    return &((struct memory_store *)store)->rows;
}

static bool begin(struct store *store, struct error *error) {
    return ((struct memory_store *)store)->serves ||
           error_set(error, ERROR_STORE_FAILED, "%s: is only read", store->address);
}

static bool commit(struct store *store, struct error *error) {
    (void)error;
    *committed_rows(((struct memory_store *)store)->place, store->draw_name) = *rows_of(store);
    return true;
}

static void rollback(struct store *store) {
    *rows_of(store) = *committed_rows(((struct memory_store *)store)->place, store->draw_name);
}

// Makes room at `index` of a table in which `count` rows are.
static bool make_room(void *table, size_t row_bytes, size_t index, size_t *count, struct error *error) {
    if (*count == ROWS_MAX) {
        return error_set(error, ERROR_STORE_REFUSED, "the memory store holds %d rows of a kind", ROWS_MAX);
    }
    char *row = (char *)table + index * row_bytes;
    memmove(row + row_bytes, row, (*count - index) * row_bytes);
    ++*count;
    return true;
}

static bool put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    (void)error;
    rows_of(store)->has_draw = true;
    rows_of(store)->draw = *draw;
    return true;
}

static bool put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    struct rows *rows = rows_of(store);
    size_t i = 0;
    while (i < rows->agency_count && rows->agencies[i].agency < agency->agency) {
        i++;
    }
    bool is_there = i < rows->agency_count && rows->agencies[i].agency == agency->agency;
    if (!is_there && !make_room(rows->agencies, sizeof rows->agencies[0], i, &rows->agency_count, error)) {
        return false;
    }
    rows->agencies[i] = *agency;
    return true;
}

// Whether (agency, position) stands before the other in the order of reading.
static bool is_before(uint32_t agency, uint64_t position, uint32_t other, uint64_t other_position) {
    return agency < other || (agency == other && position < other_position);
}

static bool taken(struct error *error) {
    return error_set(error, ERROR_STORE_FAILED, "the place is taken");
}

static bool add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    struct rows *rows = rows_of(store);
    size_t i = 0;
    while (i < rows->chunk_count && is_before(rows->chunks[i].chunk.agency, rows->chunks[i].chunk.first,
                                              chunk->agency, chunk->first)) {
        i++;
    }
    const struct chunk_row *there = &rows->chunks[i];
    if (i < rows->chunk_count && there->chunk.agency == chunk->agency && there->chunk.first == chunk->first) {
        return taken(error);
    }
    if ((size_t)chunk->count * 2 > NUMBERS_BYTES || chunk->rows_length > TEXT_BYTES) {
        return error_set(error, ERROR_STORE_REFUSED, "the memory store holds chunks of a few bets");
    }
    if (!make_room(rows->chunks, sizeof rows->chunks[0], i, &rows->chunk_count, error)) {
        return false;
    }
    rows->chunks[i].chunk = *chunk;
    memcpy(rows->chunks[i].numbers, chunk->numbers, (size_t)chunk->count * 2);
    memcpy(rows->chunks[i].rows, chunk->rows, chunk->rows_length);
    return true;
}

static bool add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    struct rows *rows = rows_of(store);
    size_t i = 0;
    while (i < rows->winner_count &&
           is_before(rows->winners[i].agency, rows->winners[i].bet, winner->agency, winner->bet)) {
        i++;
    }
    const struct winner_row *there = &rows->winners[i];
    if (i < rows->winner_count && there->agency == winner->agency && there->bet == winner->bet) {
        return taken(error);
    }
    if (!make_room(rows->winners, sizeof rows->winners[0], i, &rows->winner_count, error)) {
        return false;
    }
    rows->winners[i] = (struct winner_row){.agency = winner->agency, .bet = winner->bet};
    snprintf(rows->winners[i].document, sizeof rows->winners[i].document, "%s", winner->document);
    return true;
}

// Reading --------------------------------------------------------------------------------------------------

static bool get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    (void)error;
    *found = rows_of(store)->has_draw;
    *draw = *found ? rows_of(store)->draw : *draw;
    return true;
}

static bool agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    const struct rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->agency_count; i++) {
        wanted = each(context, &rows->agencies[i], error);
    }
    return wanted;
}

static bool holds(const struct stored_chunk *chunk, uint32_t agency, uint64_t from, uint64_t to) {
    return (agency == 0 || chunk->agency == agency) && from < to && chunk->first < to &&
           chunk->first + chunk->count > from;
}

static bool each_chunk(struct store *store, uint32_t agency, uint64_t from, uint64_t to, bool with_rows,
                       store_each_chunk each, void *context, struct error *error) {
    const struct rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->chunk_count; i++) {
        struct stored_chunk chunk = rows->chunks[i].chunk;
        chunk.numbers = rows->chunks[i].numbers;
        chunk.rows = with_rows ? rows->chunks[i].rows : NULL;
        wanted = !holds(&chunk, agency, from, to) || each(context, &chunk, error);
    }
    return wanted;
}

static bool numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    return each_chunk(store, 0, 0, UINT64_MAX, false, each, context, error);
}

static bool chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error) {
    return each_chunk(store, agency, from, to, true, each, context, error);
}

static bool pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error) {
    const struct rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && count_max > 0 && i < rows->chunk_count; i++) {
        const struct stored_chunk *chunk = &rows->chunks[i].chunk;
        if (holds(chunk, agency, from, UINT64_MAX)) {
            struct stored_piece piece = {chunk->first, chunk->count, chunk->digest};
            wanted = each(context, &piece, error);
            count_max--;
        }
    }
    return wanted;
}

static bool winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    const struct rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->winner_count; i++) {
        struct stored_winner winner = {rows->winners[i].agency, rows->winners[i].bet,
                                       rows->winners[i].document};
        wanted = each(context, &winner, error);
    }
    return wanted;
}

static bool check_files(struct store *store, store_on_damage on_damage, void *context, struct error *error) {
    (void)store, (void)on_damage, (void)context, (void)error;
    return true;
}

// Opening and closing --------------------------------------------------------------------------------------

static void close_store(struct store *store) {
    struct memory_store *memory = (struct memory_store *)store;
    memory->place->is_served = memory->place->is_served && !memory->serves;
    free(memory);
}

static const struct store_operations operations = {
    .is_shared = false,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .put_draw = put_draw,
    .put_agency = put_agency,
    .add_chunk = add_chunk,
    .add_winner = add_winner,
    .get_draw = get_draw,
    .agencies = agencies,
    .numbers = numbers,
    .chunks = chunks,
    .pieces = pieces,
    .winners = winners,
    .check_files = check_files,
    .close = close_store,
};

static bool open_store(const struct store_opening *opening, struct store **store, struct error *error) {
    struct place *place = place_of(opening->address);
    bool serves = opening->mode == STORE_SERVE;
    if (serves && place->is_served) {
        return error_set(error, ERROR_STORE_FAILED, "%s: another server works on this store", place->name);
    }
    struct memory_store *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    store_init(&memory->store, &operations, place->name, opening->draw);
    memory->place = place;
    memory->serves = serves;
    memory->rows = *committed_rows(place, opening->draw);
    place->is_served = place->is_served || serves;
    *store = &memory->store;
    return true;
}

static bool is_address(const char *address) {
    return strncmp(address, "memory:", 7) == 0;
}

static bool check_address(const char *address, struct error *error) {
    return address[7] != '\0' || error_set(error, ERROR_BAD_SETTING, "a store in memory needs a name");
}

// It has no files; should it ever, they would begin so.
static const struct store_beginning beginnings[] = {{"kept in memory", 14, "a store in memory"}, {0}};

const struct store_kind memory_kind = {
    .operations = &operations,
    .is_address = is_address,
    .open = open_store,
    .check_address = check_address,
    .beginnings = beginnings,
};

// The table ------------------------------------------------------------------------------------------------

// The program's lines, and this one before them.
#define store_kinds kinds_of_the_program
#include "store/kinds.c"
#undef store_kinds

const struct store_kind *const store_kinds[] = {&memory_kind, KINDS(LIST) NULL};

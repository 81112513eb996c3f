#include "memory_store.h"

#include "memory_rows.h"

#include "bet/errors.h"
#include "store/kinds.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWS_MAX = 8, NAME_BYTES = 64, STORES_MAX = 4 };

// What is stored -------------------------------------------------------------------------------------------

static struct place {
    char name[NAME_BYTES];
    bool is_served;
    struct memory_rows draws[DRAWS_MAX]; // as committed
    size_t draw_count;
    bool has_doubt;
    struct memory_rows doubted; // what a commit may have stored
} places[STORES_MAX];

static struct memory_faults faults;

void memory_store_fail(const struct memory_faults *wanted) {
    faults = *wanted;
}

void memory_store_forget(void) {
    for (size_t i = 0; i < STORES_MAX; i++) {
        for (size_t j = 0; j < places[i].draw_count; j++) {
            drop_rows(&places[i].draws[j]);
        }
        drop_rows(&places[i].doubted);
        places[i].draw_count = 0;
        places[i].is_served = places[i].has_doubt = false;
        places[i].name[0] = '\0';
    }
}

const struct stored_chunk *memory_chunk(const struct memory_rows *rows, size_t index) {
    return &rows->chunks[index]->chunk;
}

const struct stored_paper *memory_paper_of(const struct memory_rows *rows, size_t index) {
    return &rows->papers[index]->paper;
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

static struct memory_rows *committed_rows(struct place *place, const char *draw_name) {
    for (size_t i = 0; i < place->draw_count; i++) {
        if (strcmp(place->draws[i].draw_name, draw_name) == 0) {
            return &place->draws[i];
        }
    }
    struct memory_rows *rows = &place->draws[place->draw_count++];
    rows->has_draw = false;
    rows->agency_count = rows->chunk_count = rows->winner_count = rows->voided_count = rows->paper_count = 0;
    snprintf(rows->draw_name, sizeof rows->draw_name, "%s", draw_name);
    return rows;
}

// Committing -----------------------------------------------------------------------------------------------

static bool works(const char *call, struct error *error) {
    return faults.works == NULL || faults.works(call, error);
}

static void keep(struct memory_rows *committed, const struct memory_rows *rows) {
    if (faults.stored != NULL) {
        faults.stored(committed, rows);
    }
    copy_rows(committed, rows);
}

void memory_store_settle(bool is_stored) {
    for (size_t i = 0; i < STORES_MAX; i++) {
        struct place *place = &places[i];
        if (place->has_doubt && is_stored) {
            keep(committed_rows(place, place->doubted.draw_name), &place->doubted);
        }
        drop_rows(&place->doubted);
        place->has_doubt = false;
    }
}

static void doubt(struct place *place, const struct memory_rows *rows) {
    copy_rows(&place->doubted, rows);
    snprintf(place->doubted.draw_name, sizeof rows->draw_name, "%s", rows->draw_name);
    place->has_doubt = true;
}

// An open store --------------------------------------------------------------------------------------------

struct memory_store {
    struct store store; // first, so that a pointer to the one is a pointer to the other
    struct place *place;
    bool serves;
    struct memory_rows rows; // a snapshot of a reader; of a server what is committed, and its open group's
};

static struct memory_rows *rows_of(struct store *store) {
    return &((struct memory_store *)store)->rows;
}

static bool begin(struct store *store, struct error *error) {
    return works("begin", error) &&
           (((struct memory_store *)store)->serves ||
            error_set(error, ERROR_STORE_FAILED, "%s: is only read", store->address));
}

static bool commit(struct store *store, struct error *error) {
    struct place *place = ((struct memory_store *)store)->place;
    bool done = works("commit", error);
    enum memory_fate fate = !done ? MEMORY_IN_DOUBT : faults.fate == NULL ? MEMORY_STORED : faults.fate();
    if (fate == MEMORY_STORED) {
        keep(committed_rows(place, store->draw_name), rows_of(store));
    } else if (fate == MEMORY_IN_DOUBT) {
        doubt(place, rows_of(store));
    }
    return done;
}

static bool rollback(struct store *store) {
    copy_rows(rows_of(store), committed_rows(((struct memory_store *)store)->place, store->draw_name));
    return true;
}

static bool refuse(struct error *error, const struct error_code *code, const char *what) {
    error_set(error, code, "the memory store %s", what);
    if (faults.refused != NULL) {
        faults.refused(error);
    }
    return false;
}

// Makes room at `index` of a table in which `count` rows are.
static bool make_room(void *table, size_t row_bytes, size_t index, size_t *count, size_t most,
                      struct error *error) {
    if (*count == most) {
        return refuse(error, ERROR_STORE_REFUSED, "holds no more rows");
    }
    char *row = (char *)table + index * row_bytes;
    memmove(row + row_bytes, row, (*count - index) * row_bytes);
    ++*count;
    return true;
}

static bool put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    if (!works("put_draw", error)) {
        return false;
    }
    rows_of(store)->has_draw = true;
    rows_of(store)->draw = *draw;
    return true;
}

static bool put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    if (!works("put_agency", error)) {
        return false;
    }
    struct memory_rows *rows = rows_of(store);
    size_t i = 0;
    while (i < rows->agency_count && rows->agencies[i].agency < agency->agency) {
        i++;
    }
    bool is_there = i < rows->agency_count && rows->agencies[i].agency == agency->agency;
    if (!is_there && !make_room(rows->agencies, sizeof rows->agencies[0], i, &rows->agency_count,
                                MEMORY_AGENCIES_MAX, error)) {
        return false;
    }
    rows->agencies[i] = *agency;
    return true;
}

static bool add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    if (!works("add_chunk", error)) {
        return false;
    }
    struct memory_rows *rows = rows_of(store);
    size_t i = rows->chunk_count; // mostly it is the agency's last
    while (i > 0 && is_before(chunk->agency, chunk->first, memory_chunk(rows, i - 1)->agency,
                              memory_chunk(rows, i - 1)->first)) {
        i--;
    }
    const struct stored_chunk *there = i > 0 ? memory_chunk(rows, i - 1) : NULL;
    if (there != NULL && there->agency == chunk->agency && there->first == chunk->first) {
        return refuse(error, ERROR_STORE_FAILED, "has a chunk there already");
    }
    struct memory_chunk *copy = copy_chunk(chunk);
    if (copy == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the chunk");
    }
    if (!make_room(rows->chunks, sizeof rows->chunks[0], i, &rows->chunk_count, MEMORY_CHUNKS_MAX, error)) {
        free(copy);
        return false;
    }
    rows->chunks[i] = copy;
    return true;
}

static bool add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    if (!works("add_winner", error)) {
        return false;
    }
    struct memory_rows *rows = rows_of(store);
    size_t i = rows->winner_count;
    while (i > 0 &&
           is_before(winner->agency, winner->bet, rows->winners[i - 1].agency, rows->winners[i - 1].bet)) {
        i--;
    }
    const struct memory_winner *there = i > 0 ? &rows->winners[i - 1] : NULL;
    if (there != NULL && there->agency == winner->agency && there->bet == winner->bet) {
        return refuse(error, ERROR_STORE_FAILED, "has a winner there already");
    }
    if (!make_room(rows->winners, sizeof rows->winners[0], i, &rows->winner_count, MEMORY_WINNERS_MAX,
                   error)) {
        return false;
    }
    rows->winners[i] = (struct memory_winner){.agency = winner->agency, .bet = winner->bet};
    snprintf(rows->winners[i].document, sizeof rows->winners[i].document, "%s", winner->document);
    return true;
}

static bool add_paper(struct store *store, const struct stored_paper *paper, struct error *error) {
    if (!works("add_paper", error)) {
        return false;
    }
    struct memory_rows *rows = rows_of(store);
    size_t i = rows->paper_count;
    while (i > 0 && is_before(paper->kind, paper->number, memory_paper_of(rows, i - 1)->kind,
                              memory_paper_of(rows, i - 1)->number)) {
        i--;
    }
    const struct stored_paper *there = i > 0 ? memory_paper_of(rows, i - 1) : NULL;
    if (there != NULL && there->kind == paper->kind && there->number == paper->number) {
        return refuse(error, ERROR_STORE_FAILED, "has a paper there already");
    }
    struct memory_paper *copy = copy_paper(paper);
    if (copy == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the paper");
    }
    if (!make_room(rows->papers, sizeof rows->papers[0], i, &rows->paper_count, MEMORY_PAPERS_MAX, error)) {
        free(copy);
        return false;
    }
    rows->papers[i] = copy;
    return true;
}

static bool void_chunk(struct memory_rows *rows, uint32_t voiding, struct memory_chunk *chunk,
                       struct error *error) {
    size_t i = rows->voided_count;
    while (i > 0 && is_before(chunk->chunk.agency, voiding, rows->voided[i - 1].chunk->chunk.agency,
                              rows->voided[i - 1].voiding)) {
        i--;
    }
    if (!make_room(rows->voided, sizeof rows->voided[0], i, &rows->voided_count, MEMORY_VOIDED_MAX, error)) {
        return false;
    }
    rows->voided[i] = (struct memory_voided){voiding, chunk};
    return true;
}

static bool void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                        struct error *error) {
    struct memory_rows *rows = rows_of(store);
    size_t kept = 0;
    bool done = works("void_agency", error);
    *bets = 0;
    for (size_t i = 0; i < rows->chunk_count; i++) {
        struct memory_chunk *chunk = rows->chunks[i];
        bool is_voided = done && chunk->chunk.agency == agency;
        done = done && (!is_voided || void_chunk(rows, voiding, chunk, error));
        if (is_voided && done) {
            *bets += chunk->chunk.count;
        } else {
            rows->chunks[kept++] = chunk;
        }
    }
    rows->chunk_count = kept;
    return done;
}

static bool erase(struct store *store, struct error *error) {
    drop_chunks(rows_of(store));
    for (size_t i = 0; i < rows_of(store)->winner_count; i++) {
        rows_of(store)->winners[i].document[0] = '\0';
    }
    return works("erase", error);
}

// Reading --------------------------------------------------------------------------------------------------

static bool get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    if (!works("get_draw", error)) {
        return false;
    }
    *found = rows_of(store)->has_draw;
    *draw = *found ? rows_of(store)->draw : *draw;
    return true;
}

static bool draws(struct store *store, store_each_draw each, void *context, struct error *error) {
    const struct place *place = ((struct memory_store *)store)->place;
    bool wanted = works("draws", error);
    for (size_t i = 0; wanted && i < place->draw_count; i++) {
        const struct memory_rows *rows = &place->draws[i];
        wanted = !rows->has_draw || each(context, rows->draw_name, &rows->draw, error);
    }
    return wanted;
}

static bool agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    const struct memory_rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->agency_count; i++) {
        wanted = works("agencies", error) && each(context, &rows->agencies[i], error);
    }
    return wanted;
}

static bool each_chunk(struct store *store, uint32_t agency, uint64_t from, uint64_t to, bool with_rows,
                       store_each_chunk each, void *context, struct error *error) {
    const struct memory_rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->chunk_count; i++) {
        struct stored_chunk chunk = *memory_chunk(rows, i);
        chunk.rows = with_rows ? chunk.rows : NULL;
        wanted = !holds(&chunk, agency, from, to) || (works("chunks", error) && each(context, &chunk, error));
    }
    return wanted;
}

static bool numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    return works("numbers", error) && each_chunk(store, 0, 0, UINT64_MAX, false, each, context, error);
}

static bool chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error) {
    return works("chunks", error) && each_chunk(store, agency, from, to, true, each, context, error);
}

static bool pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error) {
    const struct memory_rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && count_max > 0 && i < rows->chunk_count; i++) {
        const struct stored_chunk *chunk = memory_chunk(rows, i);
        if (holds(chunk, agency, from, UINT64_MAX)) {
            struct stored_piece piece = {chunk->first, chunk->count, chunk->digest};
            wanted = works("pieces", error) && each(context, &piece, error);
            count_max--;
        }
    }
    return wanted && works("pieces", error);
}

// As the databases store them, with the checksum that moving gives them.
static bool voided(struct store *store, store_each_voided each, void *context, struct error *error) {
    const struct memory_rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->voided_count; i++) {
        struct stored_chunk chunk = rows->voided[i].chunk->chunk;
        chunk.checksum ^= rows->voided[i].voiding;
        wanted = works("voided", error) && each(context, rows->voided[i].voiding, &chunk, error);
    }
    return wanted && works("voided", error);
}

static bool winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    const struct memory_rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->winner_count; i++) {
        const struct memory_winner *row = &rows->winners[i];
        struct stored_winner winner = {row->agency, row->bet, row->document};
        wanted = works("winners", error) && each(context, &winner, error);
    }
    return wanted && works("winners", error);
}

static bool papers(struct store *store, store_each_paper each, void *context, struct error *error) {
    const struct memory_rows *rows = rows_of(store);
    bool wanted = true;
    for (size_t i = 0; wanted && i < rows->paper_count; i++) {
        wanted = works("papers", error) && each(context, memory_paper_of(rows, i), error);
    }
    return wanted && works("papers", error);
}

static bool check_files(struct store *store, store_on_damage on_damage, void *context, struct error *error) {
    (void)store, (void)on_damage, (void)context;
    return works("check_files", error);
}

// Opening and closing --------------------------------------------------------------------------------------

static void close_store(struct store *store) {
    struct memory_store *memory = (struct memory_store *)store;
    memory->place->is_served = memory->place->is_served && !memory->serves;
    drop_rows(&memory->rows);
    free(memory);
    if (faults.closed != NULL) {
        faults.closed();
    }
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
    .add_paper = add_paper,
    .get_draw = get_draw,
    .draws = draws,
    .agencies = agencies,
    .numbers = numbers,
    .chunks = chunks,
    .pieces = pieces,
    .winners = winners,
    .papers = papers,
    .void_agency = void_agency,
    .voided = voided,
    .erase = erase,
    .check_files = check_files,
    .close = close_store,
};

static bool open_store(const struct store_opening *opening, struct store **store, struct error *error) {
    if (!works("open", error)) {
        return false;
    }
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
    snprintf(memory->rows.draw_name, sizeof memory->rows.draw_name, "%s", opening->draw);
    copy_rows(&memory->rows, committed_rows(place, opening->draw));
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

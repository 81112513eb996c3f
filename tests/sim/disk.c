#include "disk.h"

#include "bet/errors.h"
#include "bet/limits.h"

#include "central.h"
#include "digest.h"
#include "oracle.h"
#include "plan.h"
#include "store/backend.h"
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WINNERS_MAX = PLAN_AGENCIES_MAX * PLAN_BETS_MAX };

struct winner_row {
    uint32_t agency;
    uint64_t bet;
    char document[DOCUMENT_BYTES_MAX + 1];
};

// The rows of one agency's chunks: the first `durable` would survive a crash.
struct chunk_rows {
    struct stored_chunk *chunks;
    size_t durable, count, capacity;
};

struct rows {
    bool has_draw;
    struct stored_draw draw;
    struct stored_agency agencies[PLAN_AGENCIES_MAX + 1];
};

static struct {
    struct rows durable, now; // `now` has the open group's changes, too
    struct chunk_rows chunks[PLAN_AGENCIES_MAX + 1];
    struct winner_row winners[WINNERS_MAX];
    size_t winners_durable, winners_count;
    bool open;
    bool unsettled;            // the last commit failed; nobody knows yet whether it was stored
    bool unkept;               // only in a canary: the last commit is not on the disk yet
    bool shut;                 // its descriptors are closed: nothing works until it is opened again
    int64_t fails_in, dies_in; // calls; -1: not at all
    int64_t fails_in_commit, dies_in_commit; // commits
    uint32_t fails_percent;
} disk;

// Bugs that the simulation must find, each in one canary program only. In the first, a commit returns before
// it is on the disk, so the ledger acknowledges too early.
#ifdef QUINIELA_CANARY_EARLY
static const bool canary_is_early = true;
#else
static const bool canary_is_early = false;
#endif

// In the second, the store goes on when its descriptors are closed.
#ifdef QUINIELA_CANARY_SHUT
static const bool canary_goes_on = true;
#else
static const bool canary_goes_on = false;
#endif

// What is stored, and what is not ---------------------------------------------------------------------------

static void free_chunk(struct stored_chunk *chunk) {
    free((void *)chunk->numbers);
    free((void *)chunk->rows);
}

static void drop_changes(void) {
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        struct chunk_rows *rows = &disk.chunks[agency];
        while (rows->count > rows->durable) {
            free_chunk(&rows->chunks[--rows->count]);
        }
    }
    disk.winners_count = disk.winners_durable;
    disk.now = disk.durable;
}

static void keep_changes(void) {
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        struct chunk_rows *rows = &disk.chunks[agency];
        while (rows->durable < rows->count) {
            digest_chunk(&rows->chunks[rows->durable]);
            oracle_chunk_stored(&rows->chunks[rows->durable++]);
        }
    }
    while (disk.winners_durable < disk.winners_count) {
        const struct winner_row *row = &disk.winners[disk.winners_durable++];
        struct stored_winner winner = {row->agency, row->bet, row->document};
        digest_winner(&winner);
        oracle_winner_stored(&winner);
    }
    disk.durable = disk.now;
    digest_draw(&disk.durable.draw);
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        digest_agency(&disk.durable.agencies[agency]);
    }
    oracle_committed(&(struct durable){disk.durable.has_draw, disk.durable.draw, disk.durable.agencies});
}

void disk_erase(void) {
    disk.durable = (struct rows){0};
    disk.winners_durable = 0;
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        disk.chunks[agency].durable = 0;
    }
    drop_changes();
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        free(disk.chunks[agency].chunks);
        disk.chunks[agency] = (struct chunk_rows){0};
    }
    disk.open = disk.unsettled = disk.unkept = disk.shut = false;
    disk_fail_often(0);
}

// Failing ---------------------------------------------------------------------------------------------------

void disk_fail_in(uint32_t calls) {
    disk.fails_in = calls;
}

void disk_die_in(uint32_t calls) {
    disk.dies_in = calls;
}

void disk_fail_in_commit(uint32_t commits) {
    disk.fails_in_commit = commits;
}

void disk_die_in_commit(uint32_t commits) {
    disk.dies_in_commit = commits;
}

void disk_fail_often(uint32_t percent) {
    disk.fails_percent = percent;
    if (percent == 0) {
        disk.fails_in = disk.dies_in = disk.fails_in_commit = disk.dies_in_commit = -1;
    }
}

void disk_shut(void) {
    world_trace("FAULT: the store's descriptors are closed");
    disk.shut = disk.open;
}

static bool is_due(int64_t *calls) {
    return *calls >= 0 && (*calls)-- == 0;
}

// Whether this call succeeds.
static bool works(const char *call, struct error *error) {
    digest_call(call);
    if (central_is_dying()) {
        return error_set(error, ERROR_STORE_FAILED, "the central is dead");
    }
    if (disk.shut && !canary_goes_on) {
        world_trace("store: %s has no descriptor", call);
        return error_set(error, ERROR_STORE_FAILED, "simulated: %s: bad file descriptor", call);
    }
    bool is_commit = strcmp(call, "commit") == 0;
    if (is_due(&disk.dies_in) || (is_commit && is_due(&disk.dies_in_commit))) {
        world_trace("store: the central dies in %s", call);
        central_die();
        return error_set(error, ERROR_STORE_FAILED, "the central dies");
    }
    if (is_due(&disk.fails_in) || (is_commit && is_due(&disk.fails_in_commit)) ||
        (disk.fails_percent > 0 && world_chance(disk.fails_percent))) {
        world_trace("store: %s fails", call);
        return error_set(error, ERROR_STORE_FAILED, "simulated: %s failed", call);
    }
    return true;
}

// Changes ---------------------------------------------------------------------------------------------------

static bool begin(struct store *store, struct error *error) {
    (void)store;
    if (disk.unkept) {
        disk.unkept = false;
        keep_changes();
    }
    return works("begin", error);
}

static bool commit(struct store *store, struct error *error) {
    (void)store;
    if (!works("commit", error)) {
        disk.unsettled = true;
        return false;
    }
    if (!disk.shut) { // otherwise this is the canary, and nothing reaches the disk
        world_trace("store: commit");
        disk.unkept = canary_is_early;
        if (!disk.unkept) {
            keep_changes();
        }
    }
    return true;
}

static void rollback(struct store *store) {
    (void)store;
    if (!disk.unsettled) {
        drop_changes();
    }
}

static bool put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    (void)store;
    if (!works("put_draw", error)) {
        return false;
    }
    disk.now.has_draw = true;
    disk.now.draw = *draw;
    return true;
}

static bool put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    (void)store;
    if (!works("put_agency", error)) {
        return false;
    }
    disk.now.agencies[agency->agency] = *agency;
    return true;
}

static void *copy(const void *bytes, size_t length) {
    void *made = malloc(length == 0 ? 1 : length);
    if (made == NULL) {
        abort();
    }
    return memcpy(made, bytes, length);
}

static bool add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    (void)store;
    if (!works("add_chunk", error)) {
        return false;
    }
    struct chunk_rows *rows = &disk.chunks[chunk->agency];
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->chunks[i].first == chunk->first) {
            world_fail("agency %" PRIu32 ": bet %" PRIu64 " is added twice", chunk->agency, chunk->first);
            return error_set(error, ERROR_STORE_FAILED, "the place is taken");
        }
    }
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity * 2 + 16;
        rows->chunks = realloc(rows->chunks, rows->capacity * sizeof *rows->chunks);
        if (rows->chunks == NULL) {
            abort();
        }
    }
    struct stored_chunk *added = &rows->chunks[rows->count++];
    *added = *chunk;
    added->numbers = copy(chunk->numbers, 2 * (size_t)chunk->count);
    added->rows = copy(chunk->rows, chunk->rows_length);
    return true;
}

static bool add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    (void)store;
    if (!works("add_winner", error)) {
        return false;
    }
    if (disk.winners_count == WINNERS_MAX) {
        world_fail("more winners are added than there are bets");
        return error_set(error, ERROR_STORE_FAILED, "too many winners");
    }
    struct winner_row *row = &disk.winners[disk.winners_count++];
    *row = (struct winner_row){.agency = winner->agency, .bet = winner->bet};
    strncpy(row->document, winner->document, sizeof row->document - 1);
    return true;
}

// Reading ---------------------------------------------------------------------------------------------------

static bool get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    (void)store;
    if (!works("get_draw", error)) {
        return false;
    }
    *found = disk.now.has_draw;
    if (*found) {
        *draw = disk.now.draw;
    }
    return true;
}

static bool agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    (void)store;
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        if (disk.now.agencies[agency].agency != 0 &&
            (!works("agencies", error) || !each(context, &disk.now.agencies[agency], error))) {
            return false;
        }
    }
    return true;
}

static bool each_chunk(uint32_t wanted, uint64_t from, uint64_t to, bool with_rows, store_each_chunk each,
                       void *context, struct error *error) {
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        const struct chunk_rows *rows = &disk.chunks[agency];
        for (size_t i = 0; i < rows->count && (wanted == 0 || wanted == agency); i++) {
            struct stored_chunk chunk = rows->chunks[i];
            if (chunk.first >= to || chunk.first + chunk.count <= from) {
                continue;
            }
            chunk.rows = with_rows ? chunk.rows : NULL;
            if (!works("chunks", error) || !each(context, &chunk, error)) {
                return false;
            }
        }
    }
    return true;
}

static bool numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    (void)store;
    return works("numbers", error) && each_chunk(0, 0, UINT64_MAX, false, each, context, error);
}

static bool chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error) {
    (void)store;
    return works("chunks", error) && each_chunk(agency, from, to, true, each, context, error);
}

static bool pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error) {
    (void)store;
    const struct chunk_rows *rows = &disk.chunks[agency];
    for (size_t i = 0; i < rows->count && count_max > 0; i++) {
        const struct stored_chunk *chunk = &rows->chunks[i];
        struct stored_piece piece = {chunk->first, chunk->count, chunk->digest};
        if (chunk->first + chunk->count <= from) {
            continue;
        }
        if (!works("pieces", error) || !each(context, &piece, error)) {
            return false;
        }
        count_max--;
    }
    return works("pieces", error);
}

static bool winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    (void)store;
    for (size_t i = 0; i < disk.winners_count; i++) {
        const struct winner_row *row = &disk.winners[i];
        struct stored_winner winner = {row->agency, row->bet, row->document};
        if (!works("winners", error) || !each(context, &winner, error)) {
            return false;
        }
    }
    return works("winners", error);
}

// There are no files that could be damaged.
static bool check_files(struct store *store, store_on_damage on_damage, void *context, struct error *error) {
    (void)store, (void)on_damage, (void)context;
    return works("check_files", error);
}

// Opening and closing ---------------------------------------------------------------------------------------

static void close_store(struct store *store) {
    disk.open = disk.shut = false;
    free(store);
}

static const struct store_operations operations = {
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

static void settle(void) {
    disk.unsettled = false;
    if (world_chance(50)) {
        world_trace("store: opened; the failed commit is stored");
        keep_changes();
    } else {
        world_trace("store: opened; the failed commit is not stored");
        drop_changes();
    }
}

bool disk_open(struct store **store, struct error *error) {
    *store = NULL;
    if (disk.open) {
        world_fail("the store is opened twice");
    }
    if (!works("open", error)) {
        return false;
    }
    if (disk.unsettled) {
        settle();
    } else if (disk.unkept) {
        drop_changes();
    }
    disk.unkept = false;
    *store = calloc(1, sizeof **store);
    if (*store == NULL) {
        abort();
    }
    store_init(*store, &operations, "simulated", "1");
    disk.open = true;
    return true;
}

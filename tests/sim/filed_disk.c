#include "filed_disk.h"

#include "digest.h"
#include "oracle.h"
#include "plan.h"
#include "world.h"

#include "bet/chunk.h"
#include "store/filing.h"
#include "store/sqlite_statements.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char name[] = "simulated.db"; // in the folder that is made

static struct {
    bool (*works)(const char *call, struct error *error); // NULL: this is not the disk
    void (*closed)(void);
    char folder[32];
    bool is_reading;                        // for the oracle, which needs no call that works
    uint64_t stored[PLAN_AGENCIES_MAX + 1]; // bets of which the oracle has been told
    uint64_t read[PLAN_AGENCIES_MAX + 1];   // bets, while they are read
    uint32_t winners_stored, winners_read;  // the same
} filed;

// What is stored --------------------------------------------------------------------------------------------

// The chunk from a bet within it on.
static struct stored_chunk rest_of(const struct stored_chunk *chunk, uint64_t from) {
    struct stored_chunk rest = *chunk;
    for (; rest.first < from; rest.first++, rest.count--) {
        size_t length = (size_t)((const char *)memchr(rest.rows, '\n', rest.rows_length) - rest.rows) + 1;
        rest.rows += length;
        rest.rows_length -= length;
        rest.numbers += 2;
    }
    if (!chunk_digest(rest.numbers, rest.count, rest.rows, rest.rows_length, rest.digest)) {
        abort();
    }
    return rest;
}

// What has been stored before may be part of a longer chunk by now.
static bool take_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)context, (void)error;
    uint64_t *read = &filed.read[chunk->agency], *stored = &filed.stored[chunk->agency];
    uint64_t end = chunk->first + chunk->count;
    if (chunk->first != *read) {
        world_fail("agency %" PRIu32 ": after %" PRIu64 " bets the store has a chunk from %" PRIu64 " on",
                   chunk->agency, *read, chunk->first);
    }
    *read = end;
    if (world_failure() == NULL && chunk->first < *stored) {
        struct stored_chunk kept = *chunk;
        struct stored_chunk rest = rest_of(chunk, *stored < end ? *stored : end);
        kept.count -= rest.count;
        kept.rows_length -= rest.rows_length;
        oracle_chunk_kept(&kept);
    }
    if (world_failure() == NULL && end > *stored) {
        struct stored_chunk more = rest_of(chunk, *stored);
        digest_chunk(&more);
        oracle_chunk_stored(&more);
        *stored = end;
    }
    return true;
}

static bool take_winner(void *context, const struct stored_winner *winner, struct error *error) {
    (void)context, (void)error;
    if (++filed.winners_read > filed.winners_stored) {
        filed.winners_stored++;
        digest_winner(winner);
        oracle_winner_stored(winner);
    }
    return true;
}

static bool take_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    struct stored_agency *agencies = context;
    agencies[agency->agency] = *agency;
    return true;
}

static void note_rows(struct store *store, struct error *error) {
    struct stored_agency agencies[PLAN_AGENCIES_MAX + 1] = {0};
    struct durable durable = {.agencies = agencies};
    memset(filed.read, 0, sizeof filed.read);
    filed.winners_read = 0;
    if (!store_get_draw(store, &durable.draw, &durable.has_draw, error) ||
        !store_agencies(store, take_agency, agencies, error) ||
        !store_chunks(store, 0, 0, UINT64_MAX, take_chunk, NULL, error) ||
        !store_winners(store, take_winner, NULL, error)) {
        world_fail("what is stored cannot be read: %s", error->text);
        return;
    }
    if (filed.winners_read < filed.winners_stored) {
        world_fail("of %" PRIu32 " winners %" PRIu32 " are left", filed.winners_stored, filed.winners_read);
    }
    digest_draw(&durable.draw);
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        if (filed.read[agency] < filed.stored[agency]) {
            world_fail("agency %" PRIu32 ": of %" PRIu64 " bets that were stored %" PRIu64 " are left",
                       agency, filed.stored[agency], filed.read[agency]);
        }
        digest_agency(&agencies[agency]);
    }
    if (world_failure() == NULL) {
        oracle_committed(&durable);
    }
}

// As another program reads it, which does not know what this one has in memory.
static void note_stored(void) {
    struct store *store;
    struct error error;
    filed.is_reading = true;
    if (!store_open(name, "1", STORE_READ, &store, &error)) {
        world_fail("what is stored cannot be opened: %s", error.text);
    } else {
        note_rows(store, &error);
        store_close(&store);
    }
    filed.is_reading = false;
}

// Statements ------------------------------------------------------------------------------------------------

typedef bool run_statement(struct sqlite_statements *statements, int which, const struct sql_values *values,
                           const char *what, struct error *error);
typedef bool query_statement(struct sqlite_statements *statements, int which, const struct sql_values *values,
                             const struct sql_reader *reader, const char *what, struct error *error);
typedef void finalize_statements(struct sqlite_statements *statements);

run_statement __real_sqlite_statements_run, __wrap_sqlite_statements_run;
query_statement __real_sqlite_statements_query, __wrap_sqlite_statements_query;
finalize_statements __real_sqlite_statements_finalize, __wrap_sqlite_statements_finalize;

static bool commit(struct sqlite_statements *statements, const char *what, struct error *error) {
    struct error other;
    bool works = filed.works(what, error);
    if (!works && !world_chance(50)) {
        world_trace("store: the failed commit is not stored");
        return false;
    }
    world_trace("store: %s", works ? "commit" : "the failed commit is stored");
    if (!__real_sqlite_statements_run(statements, STATEMENT_COMMIT, NULL, what, &other)) {
        world_fail("a commit failed by itself: %s", other.text);
        *error = other;
        return false;
    }
    note_stored();
    return works;
}

bool __wrap_sqlite_statements_run(struct sqlite_statements *statements, int which,
                                  const struct sql_values *values, const char *what, struct error *error) {
    if (which == STATEMENT_COMMIT) {
        return commit(statements, what, error);
    }
    return (which == STATEMENT_ROLLBACK || filed.works(what, error)) &&
           __real_sqlite_statements_run(statements, which, values, what, error);
}

bool __wrap_sqlite_statements_query(struct sqlite_statements *statements, int which,
                                    const struct sql_values *values, const struct sql_reader *reader,
                                    const char *what, struct error *error) {
    return (filed.is_reading || filed.works(what, error)) &&
           __real_sqlite_statements_query(statements, which, values, reader, what, error);
}

// A store that is closed finalizes its statements.
void __wrap_sqlite_statements_finalize(struct sqlite_statements *statements) {
    __real_sqlite_statements_finalize(statements);
    if (!filed.is_reading) {
        filed.closed();
    }
}

// The disk --------------------------------------------------------------------------------------------------

void filed_disk_use(bool (*works)(const char *call, struct error *error), void (*closed)(void)) {
    filed.works = works;
    filed.closed = closed;
    // In memory, where it can be: what a disk does with it is no business of the simulation.
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(filed.folder, sizeof filed.folder, "%s/simulation-XXXXXX", place);
    if (mkdtemp(filed.folder) == NULL || chdir(filed.folder) != 0) {
        abort();
    }
}

bool filed_disk_is_used(void) {
    return filed.works != NULL;
}

static void remove_files(void) {
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char file[sizeof name + 8];
        (void)snprintf(file, sizeof file, "%s%s", name, endings[i]);
        (void)unlink(file);
    }
}

// A bet's line has some 30 bytes, and an agency at most some 6000.
void filed_disk_erase(void) {
    remove_files();
    memset(filed.stored, 0, sizeof filed.stored);
    filed.winners_stored = 0;
    filing_limits = (struct filing_limits){.chunk_bytes = world_between(30, 600),
                                           .agency_bytes = world_between(60, 1500),
                                           .target_bytes = world_between(30, 500),
                                           .held_bytes = world_between(30, 2000)};
}

bool filed_disk_open(struct store **store, struct error *error) {
    return filed.works("open", error) && store_open(name, "1", STORE_SERVE, store, error);
}

bool filed_disk_open_reader(struct store **store, struct error *error) {
    return store_open(name, "1", STORE_READ, store, error);
}

void filed_disk_end(void) {
    if (filed.works != NULL) {
        remove_files();
        (void)rmdir(filed.folder);
    }
}

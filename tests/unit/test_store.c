// The conformance suite of store.h: every promise, against every store in the table below; behind it, what
// concerns SQLite's alone. Each test has a folder and an empty store of its own.
#include "cmocka_all.h"

#include "base/limits.h"
#include "store/store.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct implementation {
    const char *name;
    bool (*open)(const char *address, const char *draw, enum store_mode mode, struct store **store,
                 struct error *error);
};

static const struct implementation implementations[] = {
    {"sqlite", sqlite_store_open},
};

static const struct implementation *implementation = implementations; // the one that is tested
static char folder[64], path[128];

static bool try_open(const char *draw, enum store_mode mode, struct store **store, struct error *error) {
    return implementation->open(path, draw, mode, store, error);
}

static struct store *open_draw(const char *draw, enum store_mode mode) {
    struct store *store;
    struct error error;
    if (!try_open(draw, mode, &store, &error)) {
        fail_msg("%s", error.text);
    }
    return store;
}

static struct stored_chunk chunk_of(uint32_t agency, uint64_t first, uint32_t count) {
    static const uint8_t numbers[] = {1, 0, 2, 0, 3, 0};
    static const char rows[] = "A,\"B\",1,2000-01-01,1\nÑ,\\,2,2000-01-01,2\nC,D,3,2000-01-01,0003\n";
    size_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        length += strcspn(rows + length, "\n") + 1;
    }
    struct stored_chunk chunk = {agency, first, count, numbers, rows, length, {0}};
    memset(chunk.digest, (int)first + 1, sizeof chunk.digest);
    return chunk;
}

static void must(bool done, const struct error *error) {
    if (!done) {
        fail_msg("%s", error->text);
    }
}

static void store_one(struct store *store, uint32_t agency, uint64_t first, uint32_t count) {
    struct error error;
    struct stored_chunk chunk = chunk_of(agency, first, count);
    must(store_begin(store, &error), &error);
    must(store_add_chunk(store, &chunk, &error), &error);
    must(store_commit(store, &error), &error);
}

// What was read, as text: "1:0+3 1:3+2 ".
struct reading {
    char text[1024];
    int stop_after; // rows, or 0
    int rows;
};

static bool note_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct reading *reading = context;
    size_t length = strlen(reading->text);
    snprintf(reading->text + length, sizeof reading->text - length, "%u:%llu+%u%s ", chunk->agency,
             (unsigned long long)chunk->first, chunk->count, chunk->rows == NULL ? "n" : "");
    struct stored_chunk written = chunk_of(chunk->agency, chunk->first, chunk->count);
    assert_memory_equal(chunk->numbers, written.numbers, 2 * (size_t)chunk->count);
    assert_memory_equal(chunk->digest, written.digest, sizeof written.digest);
    if (chunk->rows != NULL) {
        assert_int_equal(chunk->rows_length, written.rows_length);
        assert_memory_equal(chunk->rows, written.rows, written.rows_length);
    }
    reading->rows++;
    return reading->rows != reading->stop_after || error_set(error, ERROR_CONFLICT, "stopped");
}

static void assert_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                          const char *expected) {
    struct reading reading = {0};
    struct error error;
    must(store_chunks(store, agency, from, to, note_chunk, &reading, &error), &error);
    assert_string_equal(reading.text, expected);
}

static void what_is_committed_is_there_after_opening_again(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 2, 0, 3);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 3, 1);
    store_close(&store);
    assert_null(store);
    store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+3 2:3+1 ");
    struct reading reading = {0};
    struct error error;
    must(store_numbers(store, note_chunk, &reading, &error), &error);
    assert_string_equal(reading.text, "1:0+2n 2:0+3n 2:3+1n ");
    store_close(&store);
}

static void a_group_is_stored_whole_or_not_at_all(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    struct stored_chunk more = chunk_of(1, 3, 1), again = chunk_of(1, 0, 2);
    must(store_begin(store, &error), &error);
    must(store_add_chunk(store, &more, &error), &error);
    assert_false(store_add_chunk(store, &again, &error)); // invariant 4: the place is taken
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    store_close(&store);
    store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
    must(store_begin(store, &error), &error);
    must(store_add_chunk(store, &more, &error), &error);
    store_close(&store); // without a commit
    store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
    store_close(&store);
}

static void a_failure_is_sticky(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    struct stored_chunk again = chunk_of(1, 0, 2), other = chunk_of(1, 3, 1);
    must(store_begin(store, &error), &error);
    assert_false(store_add_chunk(store, &again, &error));
    assert_false(store_add_chunk(store, &other, &error));
    assert_false(store_commit(store, &error));
    assert_false(store_begin(store, &error));
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    struct reading reading = {0};
    assert_false(store_chunks(store, 1, 0, 9, note_chunk, &reading, &error));
    store_close(&store);
}

static void chunks_of_a_range(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_one(store, 1, 3, 3);
    store_one(store, 1, 6, 1);
    store_one(store, 2, 0, 1);
    assert_chunks(store, 1, 0, 1, "1:0+3 ");
    assert_chunks(store, 1, 2, 4, "1:0+3 1:3+3 ");
    assert_chunks(store, 1, 3, 6, "1:3+3 ");
    assert_chunks(store, 1, 5, UINT64_MAX, "1:3+3 1:6+1 ");
    assert_chunks(store, 3, 0, UINT64_MAX, "");
    assert_chunks(store, 1, 7, UINT64_MAX, ""); // behind the last bet
    assert_chunks(store, 2, 1, 2, "");
    assert_chunks(store, 1, 1, 1, ""); // an empty range
    assert_chunks(store, 1, 3, 3, "");
    assert_chunks(store, 1, UINT64_MAX, UINT64_MAX, "");
    assert_chunks(store, 0, 0, 1, "1:0+3 2:0+1 "); // of every agency
    assert_chunks(store, 0, 3, 7, "1:3+3 1:6+1 ");
    struct reading reading = {.stop_after = 1};
    struct error error;
    assert_false(store_chunks(store, 0, 0, UINT64_MAX, note_chunk, &reading, &error));
    assert_int_equal(error.code, ERROR_CONFLICT); // the caller's own
    assert_int_equal(reading.rows, 1);
    store_close(&store);
}

// Chunks need not follow one another here: that they do is the ledger's business.
static void chunks_with_holes_between(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 10, 3);
    store_one(store, 1, 1ULL << 40, 2);
    assert_chunks(store, 1, 0, 10, "");
    assert_chunks(store, 1, 0, 11, "1:10+3 ");
    assert_chunks(store, 1, 13, 1ULL << 40, "");
    assert_chunks(store, 1, 12, (1ULL << 40) + 1, "1:10+3 1:1099511627776+2 ");
    assert_chunks(store, 1, (1ULL << 40) + 1, UINT64_MAX, "1:1099511627776+2 ");
    store_close(&store);
}

static bool note_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu:%s:%s ", agency->agency, (unsigned long long)agency->bets,
            agency->finished_at, agency->told_at);
    return true;
}

static bool note_winner(void *context, const struct stored_winner *winner, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu:%s ", winner->agency, (unsigned long long)winner->bet,
            winner->document);
    return true;
}

static void agencies_draws_and_winners(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    struct stored_draw draw = {DRAW_OPEN, 5, 7574, "2026-01-01T00:00:00Z", "", ""}, read;
    bool found = true;
    must(store_get_draw(store, &read, &found, &error), &error);
    assert_false(found);
    struct stored_agency two = {2, 10, "", ""}, one = {1, 1ULL << 40, "2026-01-02T00:00:00Z", ""};
    struct stored_winner first = {1, 7, "A1"}, second = {1, 1ULL << 33, "30904465"}, third = {2, 0, "x"};
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error), &error);
    must(store_put_agency(store, &two, &error) && store_put_agency(store, &one, &error), &error);
    must(store_add_winner(store, &third, &error) && store_add_winner(store, &second, &error) &&
             store_add_winner(store, &first, &error),
         &error);
    draw.state = DRAW_SEALED;
    strcpy(draw.sealed_at, "2026-01-03T00:00:00Z");
    two.bets = 11;
    must(store_put_draw(store, &draw, &error) && store_put_agency(store, &two, &error), &error);
    must(store_commit(store, &error), &error);
    must(store_get_draw(store, &read, &found, &error), &error);
    assert_true(found);
    assert_int_equal(read.state, DRAW_SEALED);
    assert_int_equal(read.agencies, 5);
    assert_int_equal(read.winning_number, 7574);
    assert_string_equal(read.opened_at, "2026-01-01T00:00:00Z");
    assert_string_equal(read.sealed_at, "2026-01-03T00:00:00Z");
    assert_string_equal(read.drawn_at, "");
    char text[512] = "";
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:1099511627776:2026-01-02T00:00:00Z: 2:11:: ");
    text[0] = '\0';
    must(store_winners(store, note_winner, text, &error), &error);
    assert_string_equal(text, "1:7:A1 1:8589934592:30904465 2:0:x ");
    store_close(&store);
}

static bool put_agency(struct store *store, struct error *error) {
    return store_put_agency(store, &(struct stored_agency){.agency = 1, .bets = 3}, error);
}

static bool put_draw(struct store *store, struct error *error) {
    return store_put_draw(store, &(struct stored_draw){.agencies = 1, .opened_at = "2026-01-01T00:00:00Z"},
                          error);
}

static bool add_winner(struct store *store, struct error *error) {
    return store_add_winner(store, &(struct stored_winner){1, 7, "A1"}, error);
}

// Invariant 4, for winners.
static void a_winner_is_stored_once(void **state) {
    (void)state;
    struct error error;
    char text[64] = "";
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_begin(store, &error) && add_winner(store, &error) && store_commit(store, &error), &error);
    must(store_begin(store, &error), &error);
    must(put_agency(store, &error), &error);
    assert_false(add_winner(store, &error));
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    store_close(&store);
    store = open_draw("1", STORE_SERVE);
    must(store_winners(store, note_winner, text, &error), &error);
    assert_string_equal(text, "1:7:A1 ");
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:7:A1 "); // the group went whole
    store_close(&store);
}

// Makes a store whose last call has failed, with a group open or not.
static struct store *failed_store(bool in_group) {
    struct error error;
    struct reading reading = {.stop_after = 1};
    struct stored_chunk again = chunk_of(1, 0, 1);
    struct store *store = open_draw("1", STORE_SERVE);
    if (in_group) {
        must(store_begin(store, &error), &error);
        assert_false(store_add_chunk(store, &again, &error));
    } else {
        assert_false(store_numbers(store, note_chunk, &reading, &error)); // its callback stops it
        assert_int_equal(error.code, ERROR_CONFLICT);
    }
    return store;
}

// Invariant 3, for every function.
static void no_function_goes_on_after_a_failure(void **state) {
    (void)state;
    struct stored_chunk chunk = chunk_of(2, 0, 1);
    struct stored_draw draw;
    bool found;
    char text[64] = "";
    struct reading reading = {0};
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    for (int in_group = 0; in_group < 2; in_group++) {
        struct error error;
        store = failed_store(in_group == 1);
        assert_false(store_begin(store, &error));
        assert_int_equal(error.code, ERROR_STORE_FAILED);
        assert_false(put_draw(store, &error));
        assert_false(put_agency(store, &error));
        assert_false(store_add_chunk(store, &chunk, &error));
        assert_false(add_winner(store, &error));
        assert_false(store_commit(store, &error));
        assert_false(store_get_draw(store, &draw, &found, &error));
        assert_false(store_agencies(store, note_agency, text, &error));
        assert_false(store_numbers(store, note_chunk, &reading, &error));
        assert_false(store_chunks(store, 0, 0, UINT64_MAX, note_chunk, &reading, &error));
        assert_false(store_winners(store, note_winner, text, &error));
        assert_int_equal(error.code, ERROR_STORE_FAILED);
        assert_int_equal(reading.rows, 0);
        assert_string_equal(text, "");
        store_close(&store);
        store = open_draw("1", STORE_SERVE);
        assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
        store_close(&store);
    }
}

// Commits two groups, leaves a third one open, and is killed.
static void commit_and_die(void) {
    struct error error;
    struct store *store;
    struct stored_chunk chunk = chunk_of(1, 3, 2), lost = chunk_of(1, 5, 1);
    if (!try_open("1", STORE_SERVE, &store, &error)) {
        _exit(1);
    }
    store_one(store, 1, 0, 3);
    if (store_begin(store, &error) && store_add_chunk(store, &chunk, &error) && put_agency(store, &error) &&
        store_commit(store, &error) && store_begin(store, &error) && store_add_chunk(store, &lost, &error)) {
        kill(getpid(), SIGKILL);
    }
    _exit(1);
}

// Invariants 1 and 2; and the dead process holds no lock any more.
static void what_is_committed_outlives_the_process(void **state) {
    (void)state;
    int status;
    char text[64] = "";
    struct error error;
    pid_t child = fork();
    if (child == 0) {
        commit_and_die();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct store *store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 1:3+2 ");
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:3:: ");
    store_one(store, 1, 5, 1);
    store_close(&store);
}

// Lets no file grow beyond `bytes`; RLIM_INFINITY lifts the limit. As a full disk does, it fails writes.
static void limit_files(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// Invariants 2 and 3, with a disk that fails the N-th write, for every N until none fails.
static void a_full_disk_stores_a_group_whole_or_not_at_all(void **state) {
    (void)state;
    enum { STEP_BYTES = 16 * 1024, ROWS_BYTES = 100 * 1000, STEPS_MAX = 100 };
    struct error error;
    char *rows = malloc(ROWS_BYTES);
    memset(rows, 'x', ROWS_BYTES);
    signal(SIGXFSZ, SIG_IGN); // the write fails instead
    int failures = 0, steps = 0;
    for (bool stored = false; !stored; steps++) {
        assert_true(steps < STEPS_MAX);
        struct store *store = open_draw("1", STORE_SERVE);
        store_one(store, 2, (uint64_t)steps, 1);
        struct stored_chunk small = chunk_of(1, 0, 1), large = chunk_of(1, 1, 1);
        large.rows = rows;
        large.rows_length = ROWS_BYTES;
        limit_files((rlim_t)steps * STEP_BYTES);
        stored = store_begin(store, &error) && store_add_chunk(store, &small, &error) &&
                 store_add_chunk(store, &large, &error) && store_commit(store, &error);
        limit_files(RLIM_INFINITY);
        if (!stored) {
            failures++;
            assert_int_equal(error.code, ERROR_STORE_FAILED);
            assert_false(store_begin(store, &error));
        }
        store_close(&store);
        store = open_draw("1", STORE_SERVE);
        struct reading reading = {0};
        must(store_numbers(store, note_chunk, &reading, &error), &error);
        assert_int_equal(strncmp(reading.text, "1:0+1n 1:1+1n ", 14) == 0, stored);
        assert_int_equal(reading.rows, steps + 1 + (stored ? 2 : 0)); // what was there before is there
        store_close(&store);
    }
    assert_true(failures > 2);
    signal(SIGXFSZ, SIG_DFL);
    free(rows);
}

static void draws_do_not_see_one_another(void **state) {
    (void)state;
    struct store *store = open_draw("one", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    store = open_draw("two", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "");
    store_one(store, 1, 0, 1);
    store_close(&store);
    store = open_draw("one", STORE_READ);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
    store_close(&store);
}

static void reading_while_a_group_is_open(void **state) {
    (void)state;
    struct error error;
    struct store *server = open_draw("1", STORE_SERVE);
    store_one(server, 1, 0, 3);
    struct stored_chunk more = chunk_of(1, 3, 1);
    must(store_begin(server, &error) && store_add_chunk(server, &more, &error), &error);
    struct store *reader = open_draw("1", STORE_READ);
    assert_chunks(reader, 0, 0, UINT64_MAX, "1:0+3 ");
    must(store_commit(server, &error), &error);
    assert_chunks(reader, 0, 0, UINT64_MAX, "1:0+3 "); // one snapshot, for as long as it is open
    store_close(&reader);
    reader = open_draw("1", STORE_READ);
    assert_chunks(reader, 0, 0, UINT64_MAX, "1:0+3 1:3+1 ");
    assert_false(store_begin(reader, &error) && store_add_chunk(reader, &more, &error));
    store_close(&reader);
    store_close(&server);
}

static void one_server_at_a_time(void **state) {
    (void)state;
    struct error error;
    struct store *server = open_draw("1", STORE_SERVE), *second = server;
    for (int i = 0; i < 2; i++) { // another draw is in the same store
        assert_false(try_open(i == 0 ? "1" : "2", STORE_SERVE, &second, &error));
        assert_null(second);
        assert_int_equal(error.code, ERROR_STORE_FAILED);
        assert_non_null(strstr(error.text, "another server"));
    }
    store_one(server, 1, 0, 1); // the first one is not disturbed
    store_close(&server);
    server = open_draw("2", STORE_SERVE);
    store_close(&server);
}

static void names_of_draws(void **state) {
    (void)state;
    struct error error;
    struct store *store = NULL;
    char name[DRAW_NAME_BYTES_MAX + 2];
    memset(name, 'n', sizeof name);
    name[DRAW_NAME_BYTES_MAX + 1] = '\0';
    assert_false(try_open(name, STORE_SERVE, &store, &error));
    assert_null(store);
    assert_int_equal(error.code, ERROR_BAD_SETTING);
    assert_false(try_open("", STORE_SERVE, &store, &error));
    assert_int_equal(error.code, ERROR_BAD_SETTING);
    name[DRAW_NAME_BYTES_MAX] = '\0';
    static const char *const hard[] = {NULL, "Año 'nuevo' \"2026\"; DROP TABLE chunks", "%s"};
    for (size_t i = 0; i < 3; i++) {
        store = open_draw(hard[i] == NULL ? name : hard[i], STORE_SERVE);
        assert_chunks(store, 0, 0, UINT64_MAX, "");
        store_one(store, 1, i, 1);
        store_close(&store);
    }
}

static void names_of_states(void **state) {
    (void)state;
    assert_string_equal(draw_state_name(DRAW_OPEN), "open");
    assert_string_equal(draw_state_name(DRAW_SEALED), "sealed");
    assert_string_equal(draw_state_name(DRAW_DRAWN), "drawn");
}

static void what_is_no_store_is_refused(void **state) {
    (void)state;
    struct store *store;
    struct error error;
    assert_false(store_open(path, "1", STORE_READ, &store, &error)); // there is none, and none is made
    assert_int_equal(access(path, F_OK), -1);
    assert_false(store_open("/no/such/folder/x.db", "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "/no/such/folder/x.db"));
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 5000; i++) {
        fputs("no database ", file);
    }
    fclose(file);
    assert_false(store_open(path, "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, path));
}

static void execute(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void other_tables_are_refused(void **state) {
    (void)state;
    struct store *store;
    struct error error;
    execute("CREATE TABLE mine (a)");
    assert_false(store_open(path, "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "no store of quiniela"));
    unlink(path);
    store = open_draw("1", STORE_SERVE);
    store_close(&store);
    execute("PRAGMA user_version = 99");
    assert_false(store_open(path, "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "version 99"));
}

static bool count_row(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)chunk;
    (void)error;
    ++*(int *)context;
    return true;
}

// The whole file, ended by a NUL. The caller frees it.
static char *read_file(size_t *length) {
    FILE *file = fopen(path, "rb");
    struct stat status;
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    char *bytes = calloc(1, (size_t)status.st_size + 1);
    *length = fread(bytes, 1, (size_t)status.st_size, file);
    fclose(file);
    return bytes;
}

static void what_is_refused_is_not_changed(void **state) {
    (void)state;
    static const char *const databases[] = {
        "CREATE TABLE mine (a)",
        "PRAGMA application_id = 7; CREATE TABLE chunks (a)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 1",
    };
    for (size_t i = 0; i < sizeof databases / sizeof databases[0]; i++) {
        struct store *store;
        struct error error;
        size_t length_before, length_after;
        execute(databases[i]);
        char *before = read_file(&length_before);
        for (int mode = STORE_SERVE; mode <= STORE_READ; mode++) {
            assert_false(store_open(path, "1", (enum store_mode)mode, &store, &error));
            assert_null(store);
            assert_non_null(strstr(error.text, "no store of quiniela"));
        }
        char *after = read_file(&length_after);
        assert_int_equal(length_after, length_before);
        assert_memory_equal(after, before, length_before);
        free(before);
        free(after);
        unlink(path);
    }
}

static void a_damaged_row_is_no_answer(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    struct error error;
    store_one(store, 1, 0, 3);
    store_close(&store);
    execute("UPDATE chunks SET numbers = x'0102'");
    store = open_draw("1", STORE_READ);
    struct reading reading = {0};
    assert_false(store_numbers(store, note_chunk, &reading, &error));
    assert_non_null(strstr(error.text, "agency 1 from bet 0"));
    store_close(&store);
}

// A read that fails on the way is not taken for the end.
static void a_damaged_page_is_no_end(void **state) {
    (void)state;
    enum { CHUNKS = 400, KEPT_BYTES = 8 * 16384 };
    static uint8_t numbers[2000];
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    struct stored_chunk chunk = chunk_of(1, 0, 1);
    chunk.count = 1000;
    chunk.numbers = numbers;
    must(store_begin(store, &error), &error);
    for (chunk.first = 0; chunk.first < CHUNKS * 1000; chunk.first += 1000) {
        must(store_add_chunk(store, &chunk, &error), &error);
    }
    must(store_commit(store, &error), &error);
    store_close(&store);
    size_t length;
    char *bytes = read_file(&length);
    assert_true(length > 2 * KEPT_BYTES);
    memset(bytes + KEPT_BYTES, 0xff, length - KEPT_BYTES);
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
    free(bytes);
    int rows = 0;
    store = open_draw("1", STORE_READ);
    assert_false(store_numbers(store, count_row, &rows, &error));
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    assert_true(rows < CHUNKS);
    store_close(&store);
}

static int note_row(void *context, int count, char **values, char **names) {
    (void)names;
    char *text = context;
    for (int i = 0; i < count; i++) {
        sprintf(text + strlen(text), "%s|", values[i]);
    }
    return 0;
}

static void the_view_shows_a_row_a_bet(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 7, 0, 3);
    store_one(store, 7, 3, 1);
    store_close(&store);
    sqlite3 *database;
    char text[1024] = "";
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "SELECT agency, bet, nombre, apellido, documento, nacimiento, numero"
                                  " FROM bets ORDER BY bet",
                                  note_row, text, NULL),
                     SQLITE_OK);
    assert_string_equal(text, "7|0|A|\"B\"|1|2000-01-01|1|7|1|Ñ|\\|2|2000-01-01|2|7|2|C|D|3|2000-01-01|3|"
                              "7|3|A|\"B\"|1|2000-01-01|1|");
    text[0] = '\0';
    sqlite3_exec(database, "SELECT count(*) FROM bets WHERE numero = 3", note_row, text, NULL);
    assert_string_equal(text, "1|");
    sqlite3_close(database);
}

// Names as hard as they come, for whatever takes a chunk's text apart with quotes, brackets and commas.
static void the_view_leaves_names_as_they_are(void **state) {
    (void)state;
    static const char rows[] = "\"\",\\,1,2000-01-01,0\n"
                               "\"][\",\\\",2,2000-01-01,0042\n"
                               "O'Higgins,\\u0041\\n,A1,2000-01-01,9999\n"
                               "null,{\"a\":1},4,2000-01-01,4\n"
                               " Ñandú \xf0\x9f\x8e\xb0 , 日本 ,5,2000-01-01,5\n"
                               "%s%n,$[0],6,2000-01-01,6\n";
    static const uint8_t numbers[12];
    struct error error;
    struct stored_chunk chunk = {3, 5, 6, numbers, rows, sizeof rows - 1, {0}};
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_begin(store, &error) && store_add_chunk(store, &chunk, &error) && store_commit(store, &error),
         &error);
    store_close(&store);
    store = open_draw("it's 2", STORE_SERVE); // a second draw in the same file
    store_one(store, 3, 5, 1);
    store_close(&store);
    sqlite3 *database;
    char text[1024] = "";
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_exec(database,
                 "SELECT draw, bet, nombre, apellido, documento, numero, typeof(numero) FROM bets"
                 " ORDER BY draw, bet",
                 note_row, text, NULL);
    assert_string_equal(text, "1|5|\"\"|\\|1|0|integer|"
                              "1|6|\"][\"|\\\"|2|42|integer|"
                              "1|7|O'Higgins|\\u0041\\n|A1|9999|integer|"
                              "1|8|null|{\"a\":1}|4|4|integer|"
                              "1|9| Ñandú \xf0\x9f\x8e\xb0 | 日本 |5|5|integer|"
                              "1|10|%s%n|$[0]|6|6|integer|"
                              "it's 2|5|A|\"B\"|1|1|integer|");
    sqlite3_close(database);
}

static void the_file_is_set_up_as_it_should_be(void **state) {
    (void)state;
    static const struct {
        const char *sql, *expected;
    } cases[] = {{"PRAGMA page_size", "16384|"},
                 {"PRAGMA journal_mode", "wal|"},
                 {"PRAGMA application_id", "1903520110|"}, // "quin"
                 {"PRAGMA integrity_check", "ok|"}};
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64] = "";
        assert_int_equal(sqlite3_exec(database, cases[i].sql, note_row, text, NULL), SQLITE_OK);
        assert_string_equal(text, cases[i].expected);
    }
    sqlite3_close(database);
}

static void the_log_does_not_grow_for_ever(void **state) {
    (void)state;
    enum { CHUNKS = 700, ROW_BYTES = 256 * 1024, LOG_BYTES_MAX = 160 * 1024 * 1024 };
    struct store *store = open_draw("1", STORE_SERVE);
    struct error error;
    char *rows = malloc(ROW_BYTES);
    memset(rows, 'x', ROW_BYTES);
    struct stored_chunk chunk = chunk_of(1, 0, 1);
    chunk.rows = rows;
    chunk.rows_length = ROW_BYTES;
    for (chunk.first = 0; chunk.first < CHUNKS; chunk.first++) {
        must(store_begin(store, &error) && store_add_chunk(store, &chunk, &error) &&
                 store_commit(store, &error),
             &error);
    }
    char log_path[160];
    struct stat status;
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    assert_int_equal(stat(log_path, &status), 0);
    assert_true(status.st_size < LOG_BYTES_MAX); // of 175 MiB that went through it
    store_close(&store);
    free(rows);
}

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/quiniela-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        char file[160];
        snprintf(file, sizeof file, "%s%s", path, endings[i]);
        unlink(file);
    }
    return rmdir(folder);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest every_store[] = {
        STORE_TEST(what_is_committed_is_there_after_opening_again),
        STORE_TEST(a_group_is_stored_whole_or_not_at_all),
        STORE_TEST(a_failure_is_sticky),
        STORE_TEST(chunks_of_a_range),
        STORE_TEST(agencies_draws_and_winners),
        STORE_TEST(draws_do_not_see_one_another),
        STORE_TEST(reading_while_a_group_is_open),
        STORE_TEST(chunks_with_holes_between),
        STORE_TEST(a_winner_is_stored_once),
        STORE_TEST(no_function_goes_on_after_a_failure),
        STORE_TEST(what_is_committed_outlives_the_process),
        STORE_TEST(one_server_at_a_time),
        STORE_TEST(names_of_draws),
        STORE_TEST(names_of_states),
    };
    const struct CMUnitTest sqlite_alone[] = {
        STORE_TEST(a_full_disk_stores_a_group_whole_or_not_at_all),
        STORE_TEST(what_is_refused_is_not_changed),
        STORE_TEST(a_damaged_page_is_no_end),
        STORE_TEST(the_view_leaves_names_as_they_are),
        STORE_TEST(the_file_is_set_up_as_it_should_be),
        STORE_TEST(what_is_no_store_is_refused),
        STORE_TEST(other_tables_are_refused),
        STORE_TEST(a_damaged_row_is_no_answer),
        STORE_TEST(the_view_shows_a_row_a_bet),
        STORE_TEST(the_log_does_not_grow_for_ever),
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof implementations / sizeof implementations[0]; i++) {
        implementation = &implementations[i];
        failed += cmocka_run_group_tests_name(implementation->name, every_store, NULL, NULL);
    }
    implementation = implementations;
    return failed + cmocka_run_group_tests_name("sqlite alone", sqlite_alone, NULL, NULL);
}

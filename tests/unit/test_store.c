// The conformance suite of store.h: every promise, against every store in the table at the bottom. Each test
// has a folder and an empty store of its own.
#include "cmocka_all.h"

#include "base/limits.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128];

static struct store *open_draw(const char *draw, enum store_mode mode) {
    struct store *store;
    struct error error;
    if (!store_open(path, draw, mode, &store, &error)) {
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
    struct reading reading = {.stop_after = 1};
    struct error error;
    assert_false(store_chunks(store, 0, 0, UINT64_MAX, note_chunk, &reading, &error));
    assert_int_equal(error.code, ERROR_CONFLICT); // the caller's own
    assert_int_equal(reading.rows, 1);
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
    struct store *server = open_draw("1", STORE_SERVE), *second;
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
    assert_false(store_open(path, "1", STORE_SERVE, &second, &error));
    assert_null(second);
    assert_non_null(strstr(error.text, "another server"));
    store_close(&server);
}

static void what_is_no_store_is_refused(void **state) {
    (void)state;
    struct store *store;
    struct error error;
    assert_false(store_open(path, "1", STORE_READ, &store, &error)); // there is none, and none is made
    assert_int_equal(access(path, F_OK), -1);
    assert_false(store_open("/no/such/folder/x.db", "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "/no/such/folder/x.db"));
    assert_false(store_open(path, "", STORE_SERVE, &store, &error));
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
    };
    const struct CMUnitTest sqlite_alone[] = {
        STORE_TEST(what_is_no_store_is_refused),    STORE_TEST(other_tables_are_refused),
        STORE_TEST(a_damaged_row_is_no_answer),     STORE_TEST(the_view_shows_a_row_a_bet),
        STORE_TEST(the_log_does_not_grow_for_ever),
    };
    int failed = cmocka_run_group_tests(every_store, NULL, NULL);
    return failed + cmocka_run_group_tests(sqlite_alone, NULL, NULL);
}

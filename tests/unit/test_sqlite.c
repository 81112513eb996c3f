// SQLite's store keeps its file, log and view, and holds with damage and full disks.
// What concerns SQLite's store alone.
#include "store_story.h"

#include "store/sqlite_schema.h"
#include "store/sqlite_store.h"

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
            assert_error(&error, ERROR_STORE_FAILED);
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

static void write_junk(int times) {
    FILE *file = fopen(path, "w");
    for (int i = 0; i < times; i++) {
        fputs("no database ", file);
    }
    fclose(file);
}

// The server and who only reads say the same.
static void refuses_junk(void) {
    struct store *store;
    struct error error;
    char text[sizeof error.text];
    snprintf(text, sizeof text,
             "%s: is not a quiniela store, nor a database at all: name the store, or restore it from a copy",
             path);
    for (int mode = STORE_SERVE; mode <= STORE_READ; mode++) {
        assert_false(store_open(path, "1", (enum store_mode)mode, &store, &error));
        assert_string_equal(error.text, text);
    }
}

static void what_is_no_store_is_refused(void **state) {
    (void)state;
    struct store *store;
    struct error error;
    assert_false(store_open(path, "1", STORE_READ, &store, &error)); // there is none, and none is made
    assert_int_equal(access(path, F_OK), -1);
    assert_false(store_open("/no/such/folder/x.db", "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "/no/such/folder/x.db"));
    write_junk(5000);
    refuses_junk();
    write_junk(1); // less than SQLite's own beginning
    refuses_junk();
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
    assert_non_null(strstr(error.text, "not a quiniela store"));
    unlink(path);
    store = open_draw("1", STORE_SERVE);
    store_close(&store);
    execute("PRAGMA user_version = 2");
    assert_false(store_open(path, "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "version 2, this program knows version 5: \"quiniela upgrade "));
    execute("PRAGMA user_version = 99");
    assert_false(store_open(path, "1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "version 99"));
}

// As a flipped bit in the description of the tables would do it: the rows are there, and are not found.
static void damaged_tables_are_refused(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    struct error error;
    store_one(store, 1, 0, 3);
    store_close(&store);
    execute(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'draw TEXT', 'draw TEXU')"
        " WHERE name = 'chunks'");
    for (int mode = STORE_SERVE; mode <= STORE_READ; mode++) {
        assert_false(store_open(path, "1", (enum store_mode)mode, &store, &error));
        assert_non_null(strstr(error.text, "its tables are damaged"));
    }
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
            assert_non_null(strstr(error.text, "not a quiniela store"));
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
    store_filed(store, 1, 0, 3);
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
    no_inbox();
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
    assert_error(&error, ERROR_STORE_FAILED);
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
    struct stored_chunk chunk = {3, 5, 6, numbers, rows, sizeof rows - 1, {0}, 0};
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

// An upgrade looks in each of them for rows of a draw that has none.
static void the_tables_of_a_draw_are_listed(void **state) {
    (void)state;
    char text[256] = "";
    struct store *store = open_draw("1", STORE_SERVE);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(database,
                     "SELECT name FROM sqlite_schema AS made WHERE type = 'table' AND name <> 'draws'"
                     " AND EXISTS (SELECT 1 FROM pragma_table_info(made.name) WHERE name = 'draw')"
                     " ORDER BY rowid",
                     note_row, text, NULL),
        SQLITE_OK);
    char listed[256] = "";
    for (size_t i = 0; i < sizeof sqlite_schema_of_draws / sizeof sqlite_schema_of_draws[0]; i++) {
        strcat(strcat(listed, sqlite_schema_of_draws[i]), "|");
    }
    assert_string_equal(text, listed);
    sqlite3_close(database);
    store_close(&store);
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
    char log_path[300];
    struct stat status;
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    assert_int_equal(stat(log_path, &status), 0);
    assert_true(status.st_size < LOG_BYTES_MAX); // of 175 MiB that went through it
    store_close(&store);
    free(rows);
}

static void copy_file(const char *from, const char *to, off_t flipped) {
    char bytes[4096];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in != NULL && out != NULL);
    for (size_t length; (length = fread(bytes, 1, sizeof bytes, in)) > 0; flipped -= (off_t)length) {
        if (flipped >= 0 && flipped < (off_t)length) {
            bytes[flipped] ^= 4;
        }
        assert_int_equal(fwrite(bytes, 1, length, out), length);
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

// How many of the commits are there when a byte of the log is damaged, as after a crash; -1: it is refused.
static int commits_left(const char *original, off_t flipped) {
    char log[300], copied_log[300], others[300];
    struct store *store;
    struct error error;
    struct reading reading = {0};
    snprintf(log, sizeof log, "%s-wal", original);
    snprintf(copied_log, sizeof copied_log, "%s-wal", path);
    copy_file(original, path, -1);
    copy_file(log, copied_log, flipped);
    snprintf(others, sizeof others, "%s-shm", path);
    unlink(others);
    if (!try_open("1", STORE_SERVE, &store, &error)) {
        assert_non_null(strstr(error.text, "its log is damaged"));
        return -1;
    }
    must(store_chunks(store, 1, 0, UINT64_MAX, note_chunk, &reading, &error), &error);
    store_close(&store);
    return reading.rows;
}

// Wherever the log is damaged: what was committed is there, or the store is refused; but for the last commit,
// which may as well have been on its way to the disk.
static void a_damaged_log_is_refused(void **state) {
    (void)state;
    enum { COMMITS = 6, STEP = 499 };
    char original[256], log[300];
    struct stat status;
    strcpy(original, path);
    struct store *store = open_draw("1", STORE_SERVE);
    off_t last_began = 0;
    snprintf(log, sizeof log, "%s-wal", original);
    for (uint32_t i = 0; i < COMMITS; i++) {
        assert_int_equal(stat(log, &status), 0);
        last_began = status.st_size;
        store_one(store, 1, i, 1);
    }
    assert_int_equal(stat(log, &status), 0);
    snprintf(path, sizeof path, "%s/copy", folder);
    assert_int_equal(commits_left(original, -1), COMMITS);
    int refused = 0;
    for (off_t at = 0; at < status.st_size; at += at < 64 ? 1 : STEP) {
        int left = commits_left(original, at);
        if (at < last_began && left != -1) {
            fail_msg("byte %lld of the log was damaged, and %d commits were left", (long long)at, left);
        }
        assert_true(left == -1 || left >= COMMITS - 1);
        refused += left == -1;
    }
    assert_true(refused > 0);
    store_close(&store);
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(log, sizeof log, "%s%s", original, endings[i]);
        unlink(log);
    }
}

// Where the new header of a log whose content has all been moved into the database was written in part.
static void a_log_that_was_moved_may_have_a_torn_header(void **state) {
    (void)state;
    enum { COMMITS = 6, SEQUENCE_AT = 15 };
    char original[256], other[300];
    sqlite3 *database;
    strcpy(original, path);
    struct store *store = open_draw("1", STORE_SERVE);
    for (uint32_t i = 0; i < COMMITS; i++) {
        store_one(store, 1, i, 1);
    }
    snprintf(path, sizeof path, "%s/copy", folder);
    assert_int_equal(commits_left(original, SEQUENCE_AT), -1); // nothing has been moved
    assert_int_equal(sqlite3_open(original, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "PRAGMA wal_checkpoint", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
    assert_int_equal(commits_left(original, SEQUENCE_AT), COMMITS);
    store_close(&store);
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(other, sizeof other, "%s%s", original, endings[i]);
        unlink(other);
    }
}

// Who finds the file locked waits for five seconds, whether it serves or reads.
static void a_lock_is_waited_for(void **state) {
    (void)state;
    for (int mode = STORE_SERVE; mode <= STORE_READ; mode++) {
        struct store *store = open_draw("1", (enum store_mode)mode);
        sqlite3_stmt *asked;
        assert_int_equal(sqlite3_prepare_v2(((struct sqlite_store *)store)->statements.database,
                                            "PRAGMA busy_timeout", -1, &asked, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(asked), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(asked, 0), 5000);
        sqlite3_finalize(asked);
        store_close(&store);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_full_disk_stores_a_group_whole_or_not_at_all),
        STORE_TEST(what_is_refused_is_not_changed),
        STORE_TEST(a_damaged_page_is_no_end),
        STORE_TEST(the_view_leaves_names_as_they_are),
        STORE_TEST(the_file_is_set_up_as_it_should_be),
        STORE_TEST(the_tables_of_a_draw_are_listed),
        STORE_TEST(what_is_no_store_is_refused),
        STORE_TEST(other_tables_are_refused),
        STORE_TEST(a_damaged_row_is_no_answer),
        STORE_TEST(damaged_tables_are_refused),
        STORE_TEST(the_view_shows_a_row_a_bet),
        STORE_TEST(the_log_does_not_grow_for_ever),
        STORE_TEST(a_damaged_log_is_refused),
        STORE_TEST(a_lock_is_waited_for),
        STORE_TEST(a_log_that_was_moved_may_have_a_torn_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// What SQLite writes to its log in pieces leaves in few writes, at the sync at the latest.
//
// Whoever wrote it sees it before. SQLite's own VFS makes the writes, through a system call that counts here,
// and fails on demand.
#include "temporary.h"

#include "base/random.h"
#include "store/sqlite_gather.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

enum { HEADER = 24, PAGE = 16384, MODEL_BYTES = 1024 * 1024, PIECE_MAX = 128 * 1024 - 1 };

static char folder[TEMPORARY_BYTES], path[TEMPORARY_BYTES + 16];
static int writes, failing; // of the system's writes, how many there were; which one fails, from 1

static ssize_t counted_pwrite(int file, const void *bytes, size_t length, off_t at) {
    if (++writes == failing) {
        errno = EIO;
        return -1;
    }
    return pwrite(file, bytes, length, at);
}

static int set_up(void **state) {
    (void)state;
    sqlite3_vfs *original = sqlite3_vfs_find(NULL);
    sqlite3_syscall_ptr call = (sqlite3_syscall_ptr)(void (*)(void))counted_pwrite;
    assert_int_equal(original->xSetSystemCall(original, "pwrite", call), SQLITE_OK);
    (void)original->xSetSystemCall(original, "pwrite64", call); // which it need not have
    temporary_make(folder, "quiniela-gather");
    snprintf(path, sizeof path, "%s/store.db", folder);
    close(open(path, O_CREAT | O_WRONLY, 0600)); // SQLite's VFS looks at it when it makes a log
    snprintf(path, sizeof path, "%s/store.db-wal", folder);
    writes = failing = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return temporary_remove(folder);
}

// A log by itself ------------------------------------------------------------------------------------------

static sqlite3_file *open_log(void) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(sqlite_gather_vfs());
    assert_non_null(vfs);
    sqlite3_file *log = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(log);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
    assert_int_equal(vfs->xOpen(vfs, path, log, flags, NULL), SQLITE_OK);
    return log;
}

static void close_log(sqlite3_file *log) {
    assert_int_equal(log->pMethods->xClose(log), SQLITE_OK);
    free(log);
}

static int put(sqlite3_file *log, const void *bytes, int length, sqlite3_int64 at) {
    return log->pMethods->xWrite(log, bytes, length, at);
}

static int sync_log(sqlite3_file *log) {
    return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
}

static size_t read_file(char *bytes, size_t room) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, room, file);
    fclose(file);
    return length;
}

static void what_is_written_in_pieces_leaves_as_one_at_the_sync(void **state) {
    (void)state;
    static char bytes[3 * (HEADER + PAGE)], read[sizeof bytes + 1], page[PAGE];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i % 251);
    }
    sqlite3_file *log = open_log();
    for (int at = 0; at < (int)sizeof bytes; at += HEADER + PAGE) {
        assert_int_equal(put(log, bytes + at, HEADER, at), SQLITE_OK);
        assert_int_equal(put(log, bytes + at + HEADER, PAGE, at + HEADER), SQLITE_OK);
    }
    assert_int_equal(writes, 0);
    assert_int_equal(log->pMethods->xRead(log, page, PAGE, HEADER), SQLITE_OK); // seen before
    assert_memory_equal(page, bytes + HEADER, PAGE);
    assert_int_equal(writes, 0);
    assert_int_equal(sync_log(log), SQLITE_OK);
    assert_int_equal(writes, 1);
    assert_int_equal(read_file(read, sizeof read), sizeof bytes);
    assert_memory_equal(read, bytes, sizeof bytes);
    close_log(log);
}

static void a_write_that_fails_is_told_by_the_sync_and_then_forgotten(void **state) {
    (void)state;
    char read[8];
    sqlite3_file *log = open_log();
    failing = 1;
    assert_int_equal(put(log, "lost", 4, 0), SQLITE_OK);
    assert_int_equal(sync_log(log), SQLITE_IOERR_WRITE);
    assert_int_equal(sync_log(log), SQLITE_OK);
    assert_int_equal(read_file(read, sizeof read), 0);
    assert_int_equal(put(log, "kept", 4, 0), SQLITE_OK);
    assert_int_equal(sync_log(log), SQLITE_OK);
    assert_int_equal(read_file(read, sizeof read), 4);
    assert_memory_equal(read, "kept", 4);
    close_log(log);
}

// Each of these needs the bytes in the file.
static void a_write_that_fails_is_told_by_whatever_comes_upon_it(void **state) {
    (void)state;
    static char bytes[PIECE_MAX];
    sqlite3_int64 size;
    sqlite3_file *log = open_log();
    for (int which = 0; which < 5; which++) {
        assert_int_equal(put(log, "lost", 4, 0), SQLITE_OK);
        failing = writes + 1;
        int result = which == 0   ? put(log, bytes, 8, 100)
                     : which == 1 ? put(log, bytes, PIECE_MAX, 4)
                     : which == 2 ? log->pMethods->xRead(log, bytes, 8, 0)
                     : which == 3 ? log->pMethods->xTruncate(log, 0)
                                  : log->pMethods->xFileSize(log, &size);
        assert_int_equal(result, SQLITE_IOERR_WRITE);
    }
    close_log(log);
}

// As it would be in a file.
static struct {
    char bytes[MODEL_BYTES];
    sqlite3_int64 size;
} model;

static void write_both(sqlite3_file *log, uint64_t *random) {
    static char bytes[PIECE_MAX];
    static const int lengths[] = {HEADER, PAGE, HEADER, PAGE, 1, 4096, 100 * 1024, PIECE_MAX};
    int length = lengths[random_below(random, sizeof lengths / sizeof *lengths)];
    sqlite3_int64 at = model.size;
    if (random_below(random, 4) == 0) {
        at = (sqlite3_int64)random_below(random, (uint32_t)model.size + 1); // it never leaves a hole
    }
    at = at + length > MODEL_BYTES ? 0 : at;
    memset(bytes, (int)random_below(random, 256), (size_t)length);
    assert_int_equal(put(log, bytes, length, at), SQLITE_OK);
    memcpy(model.bytes + at, bytes, (size_t)length);
    model.size = at + length > model.size ? at + length : model.size;
}

static void read_both(sqlite3_file *log, uint64_t *random) {
    static char bytes[PIECE_MAX];
    int length = 1 + (int)random_below(random, PAGE);
    sqlite3_int64 at = (sqlite3_int64)random_below(random, MODEL_BYTES - PAGE);
    int result = log->pMethods->xRead(log, bytes, length, at);
    assert_int_equal(result, at + length <= model.size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
    assert_memory_equal(bytes, model.bytes + at, (size_t)length); // zeros beyond the end
}

static void truncate_both(sqlite3_file *log, uint64_t *random) {
    sqlite3_int64 size = (sqlite3_int64)random_below(random, (uint32_t)model.size + 1);
    assert_int_equal(log->pMethods->xTruncate(log, size), SQLITE_OK);
    memset(model.bytes + size, 0, (size_t)(MODEL_BYTES - size));
    model.size = size;
}

static void whatever_is_done_to_it_it_is_as_a_file(void **state) {
    (void)state;
    static char read[MODEL_BYTES];
    uint64_t random = 1;
    sqlite3_int64 size;
    sqlite3_file *log = open_log();
    for (int i = 0; i < 4000; i++) {
        switch (random_below(&random, 64)) {
        case 0:
            truncate_both(log, &random);
            break;
        case 1:
            assert_int_equal(log->pMethods->xFileSize(log, &size), SQLITE_OK);
            assert_int_equal(size, model.size);
            break;
        case 2:
            assert_int_equal(sync_log(log), SQLITE_OK);
            assert_int_equal(read_file(read, sizeof read), model.size);
            assert_memory_equal(read, model.bytes, (size_t)model.size);
            break;
        default:
            random_below(&random, 3) == 0 ? read_both(log, &random) : write_both(log, &random);
        }
    }
    close_log(log);
}

// Under SQLite ---------------------------------------------------------------------------------------------

static sqlite3 *open_database(const char *vfs) {
    sqlite3 *database;
    char name[sizeof path];
    snprintf(name, sizeof name, "%s/store.db", folder);
    assert_int_equal(sqlite3_open_v2(name, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
                     SQLITE_OK);
    return database;
}

static void run(sqlite3 *database, const char *sql) {
    char *text = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &text) != SQLITE_OK) {
        fail_msg("expected \"%s\" to succeed: %s", sql, text);
    }
}

static void assert_sum(sqlite3 *database, int expected) {
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT total(n) FROM t", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), expected);
    sqlite3_finalize(statement);
}

#define ROWS(count)                                                                                          \
    "INSERT INTO t WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < " #count         \
    ") SELECT 1, randomblob(47000) FROM c"

#define SETTINGS                                                                                             \
    "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"                        \
    "PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n, b); "

static void a_commit_is_a_few_writes(void **state) {
    (void)state;
    sqlite3 *database = open_database(sqlite_gather_vfs());
    run(database, SETTINGS);
    writes = 0;
    run(database, ROWS(8));
    assert_in_range(writes, 1, 6); // of some 50 pieces
    sqlite3_close(database);
}

// Its cache is so small that pages go into the log, come back and are replaced there before the commit.
static void a_group_that_is_larger_than_the_cache_is_as_it_was_made(void **state) {
    (void)state;
    sqlite3 *database = open_database(sqlite_gather_vfs()), *other = open_database(NULL);
    run(database, SETTINGS "PRAGMA cache_size = 10");
    run(database, "BEGIN; " ROWS(8));
    run(database, "SAVEPOINT s; UPDATE t SET n = 2; " ROWS(4) "; ROLLBACK TO s");
    assert_sum(database, 8);
    run(database, "UPDATE t SET n = 3");
    assert_sum(other, 0);
    run(database, "COMMIT");
    assert_sum(other, 24);
    sqlite3_close(other);
    sqlite3_close(database);
}

static void a_commit_whose_write_fails_is_no_commit(void **state) {
    (void)state;
    sqlite3 *database = open_database(sqlite_gather_vfs());
    run(database, SETTINGS ROWS(2));
    failing = writes + 2;
    assert_int_equal(sqlite3_exec(database, ROWS(8), NULL, NULL, NULL), SQLITE_IOERR);
    assert_sum(database, 2);
    run(database, ROWS(3));
    assert_sum(database, 5);
    sqlite3_close(database);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_in_pieces_leaves_as_one_at_the_sync),
        TEST(a_write_that_fails_is_told_by_the_sync_and_then_forgotten),
        TEST(a_write_that_fails_is_told_by_whatever_comes_upon_it),
        TEST(whatever_is_done_to_it_it_is_as_a_file),
        TEST(a_commit_is_a_few_writes),
        TEST(a_group_that_is_larger_than_the_cache_is_as_it_was_made),
        TEST(a_commit_whose_write_fails_is_no_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

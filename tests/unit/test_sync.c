// What counts as moved or found is synced, and after a failed sync the store's log stays.
// The syncs of SQLite's store one by one: they are counted, and fail when they are told to, as Linux has them
// fail: once, and whatever comes later succeeds.
#include "store_story.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

enum file { DATABASE, LOG, LOCK, FILES };

enum { BIG_BYTES = 1024 * 1024, WAIT_S = 40 }; // less than ctest gives
enum { STEP_CHUNKS = 4, LOG_CHUNKS = 32 };     // of a megabyte: in a step, and in a log as long as it gets

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct {
    int syncs;      // that were asked for
    bool fails;     // each of them
    bool ours_fail; // those of the thread that runs the test
    bool ours_only; // nobody but that thread can write
    size_t written; // bytes, by others than SQLite
    bool dirty;     // some of them since the last sync
} files[FILES];

static pthread_t test_thread;
static struct store *store;
static int log_index = -1; // frames_moved's

static enum file file_of(int descriptor) {
    struct stat ours, named;
    char log[300], lock[300];
    snprintf(log, sizeof log, "%s-wal", path);
    snprintf(lock, sizeof lock, "%s-lock", path);
    const char *const names[FILES] = {path, log, lock};
    enum file file = DATABASE;
    while (file < FILES && !(fstat(descriptor, &ours) == 0 && stat(names[file], &named) == 0 &&
                             ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)) {
        file++;
    }
    return file;
}

// These take the place of the C library's, for SQLite, too.
static int sync_file(int descriptor, long call) {
    enum file file = file_of(descriptor);
    bool fails = false;
    if (file < FILES) {
        pthread_mutex_lock(&mutex);
        fails = files[file].fails || (files[file].ours_fail && pthread_equal(pthread_self(), test_thread));
        files[file].syncs++;
        files[file].dirty = files[file].dirty && fails;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    errno = EIO;
    return fails ? -1 : (int)syscall(call, descriptor);
}

int fsync(int descriptor) {
    return sync_file(descriptor, SYS_fsync);
}

int fdatasync(int descriptor) {
    return sync_file(descriptor, SYS_fdatasync);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at) {
    enum file file = file_of(descriptor);
    if (file < FILES) {
        pthread_mutex_lock(&mutex);
        files[file].written += length;
        files[file].dirty = true;
        pthread_mutex_unlock(&mutex);
    }
    return syscall(SYS_pwrite64, descriptor, bytes, length, at);
}

// SQLite's.
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at) {
    enum file file = file_of(descriptor);
    pthread_mutex_lock(&mutex);
    bool refused = file < FILES && files[file].ours_only && !pthread_equal(pthread_self(), test_thread);
    pthread_mutex_unlock(&mutex);
    errno = EIO;
    return refused ? -1 : syscall(SYS_pwrite64, descriptor, bytes, length, at);
}

static void set_failing(enum file file, bool fails) {
    pthread_mutex_lock(&mutex);
    files[file].fails = fails;
    pthread_mutex_unlock(&mutex);
}

// Only the thread that runs the test can write the database, and it cannot sync it.
static void set_ours(bool ours) {
    pthread_mutex_lock(&mutex);
    files[DATABASE].ours_fail = files[DATABASE].ours_only = ours;
    pthread_mutex_unlock(&mutex);
}

// Waits for a sync of the file after the first `before` ones.
static void wait_for_sync(enum file file, int before, const char *what) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&mutex);
    while (files[file].syncs == before && pthread_cond_timedwait(&changed, &mutex, &until) == 0) {
    }
    bool synced = files[file].syncs > before;
    pthread_mutex_unlock(&mutex);
    if (!synced) {
        fail_msg("%s was not synced", what);
    }
}

static off_t log_bytes(void) {
    char log[300];
    struct stat status;
    snprintf(log, sizeof log, "%s-wal", path);
    return stat(log, &status) == 0 ? status.st_size : -1;
}

static bool store_big(uint64_t first) {
    static char rows[BIG_BYTES];
    struct error error;
    struct stored_chunk chunk = chunk_of(1, first, 1);
    memset(rows, 'x', sizeof rows);
    chunk.rows = rows;
    chunk.rows_length = sizeof rows;
    return store_begin(store, &error) && store_add_chunk(store, &chunk, &error) &&
           store_commit(store, &error);
}

static bool count_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)chunk, (void)error;
    ++*(int *)context;
    return true;
}

static void assert_count(struct store *of, int expected) {
    struct error error;
    int count = 0;
    must(store_numbers(of, count_chunk, &count, &error), &error);
    assert_int_equal(count, expected);
}

// What a log holds that is found may be in the system's memory alone: all of it is written once more, and
// synced after that. Without that, the opening stops.
static void a_found_log_is_written_again_and_synced(void **state) {
    (void)state;
    struct error error;
    store = open_draw("1", STORE_SERVE);
    for (uint64_t first = 0; first < 3; first++) {
        store_one(store, 1, first, 1);
    }
    for (int round = 0; round < 2; round++) {
        store_give_up(&store);
        off_t length = log_bytes();
        assert_true(length > 0);
        files[LOG].written = 0;
        if (round == 1) {
            set_failing(LOG, true);
            assert_false(try_open("1", STORE_SERVE, &store, &error));
            assert_error(&error, ERROR_STORE_FAILED);
            assert_non_null(strstr(error.text, "cannot write its log"));
            set_failing(LOG, false);
            files[LOG].written = 0;
        }
        store = open_draw("1", STORE_SERVE);
        if ((off_t)files[LOG].written != length || files[LOG].dirty) {
            fail_msg(
                "of a log of %lld bytes, all were expected to be written again and synced: %zu were, and "
                "%s after that",
                (long long)length, files[LOG].written, files[LOG].dirty ? "not synced" : "synced");
        }
        assert_count(store, 3);
    }
    store_close(&store);
}

// Two chunks, and a reader that has read them: SQLite keeps what is there then for it, and nothing before
// that. What comes later cannot be moved meanwhile, so the checkpointer's thread moves a part only, and
// nobody but itself syncs the database.
static struct store *store_two_to_a_reader(void) {
    store = open_draw("1", STORE_SERVE);
    assert_true(store_big(0) && store_big(1));
    struct store *reader = open_draw("1", STORE_READ);
    assert_count(reader, 2);
    return reader;
}

// Returns with that sync done, or failed. Returns how many chunks are stored.
static int move_a_part(bool fails) {
    struct store *reader = store_two_to_a_reader();
    set_failing(DATABASE, fails);
    int stored = 2, before = files[DATABASE].syncs;
    while (stored < STEP_CHUNKS && store_big((uint64_t)stored)) { // and nobody begins another group
        stored++;
    }
    wait_for_sync(DATABASE, before, "a part that was moved into the database");
    set_failing(DATABASE, false);
    store_close(&reader);
    return stored;
}

// In the log's index, which stays while somebody reads.
static uint32_t frames_moved(void) {
    char name[300];
    uint32_t moved = UINT32_MAX;
    snprintf(name, sizeof name, "%s-shm", path);
    if (log_index < 0) { // closed when nobody has the store: SQLite's locks of this process go with that
        log_index = open(name, O_RDONLY | O_CLOEXEC);
    }
    assert_int_equal(pread(log_index, &moved, sizeof moved, 96), sizeof moved);
    return moved;
}

// Nothing that could not be synced counts as moved once the store is opened again, though a
// reader has been there all the time.
static void what_was_not_synced_is_moved_again_while_somebody_reads(void **state) {
    (void)state;
    struct store *reader = store_two_to_a_reader();
    set_failing(DATABASE, true);
    int stored = 2;
    while (stored < LOG_CHUNKS && store_big((uint64_t)stored)) {
        stored++;
    }
    assert_in_range(stored, 3, LOG_CHUNKS - 1); // it has noticed
    set_failing(DATABASE, false);
    store_give_up(&store);
    assert_int_not_equal(frames_moved(), 0);
    store = open_draw("1", STORE_SERVE);
    assert_int_equal(frames_moved(), 0);
    assert_count(store, stored);
    store_close(&reader);
    store_close(&store);
    close(log_index);
    log_index = -1;
}

static void each_step_is_synced(void **state) {
    (void)state;
    int stored = move_a_part(false);
    assert_count(store, stored);
    store_close(&store);
    assert_int_equal(log_bytes(), -1); // all of it has been moved
}

// The checkpointer's thread moves all there is. SQLite syncs that before it says that it has been moved; the
// sync after it is ours. Without the first, the log could begin anew in between.
static void what_is_moved_is_synced_before_that_is_said(void **state) {
    (void)state;
    store = open_draw("1", STORE_SERVE);
    int before = files[DATABASE].syncs;
    for (uint64_t first = 0; first < STEP_CHUNKS; first++) {
        assert_true(store_big(first));
    }
    wait_for_sync(DATABASE, before, "what was moved into the database");
    wait_for_sync(DATABASE, before + 1, "what was moved into the database, once more,");
    store_close(&store);
}

// The log has become so long that the writer moves the rest of it by itself, and that sync fails. The thread
// can move nothing, or it might have been so quick that the writer has nothing left to move.
static void a_failed_sync_of_the_writers_own(void **state) {
    (void)state;
    struct error error;
    store = open_draw("1", STORE_SERVE);
    set_ours(true);
    int stored = 0, before = files[DATABASE].syncs;
    while (stored < 2 * LOG_CHUNKS && store_big((uint64_t)stored)) {
        stored++;
    }
    assert_true(files[DATABASE].syncs > before);
    if (stored == 2 * LOG_CHUNKS) {
        fail_msg("a sync of the database was expected to end the store, and %d chunks are stored", stored);
    }
    set_ours(false);
    assert_false(store_begin(store, &error));
    store_close(&store);
    assert_true(log_bytes() > 0);
}

// What was moved may be gone, and the log has it. So nothing more is stored, and the log stays.
static void after_a_failed_sync_nothing_is_stored(void **state) {
    (void)state;
    struct error error;
    struct timespec now, until;
    int stored = move_a_part(true);
    clock_gettime(CLOCK_MONOTONIC, &until);
    while (store_begin(store, &error)) { // until the thread has said so
        store_drop(store);
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec > until.tv_sec + WAIT_S) {
            fail_msg("a sync of the database has failed, and the store goes on");
        }
    }
    assert_error(&error, ERROR_STORE_FAILED);
    store_close(&store);
    if (log_bytes() <= 0) {
        fail_msg("a sync of the database has failed, and the log was taken away when the store was closed");
    }
    store = open_draw("1", STORE_SERVE);
    assert_count(store, stored);
    store_close(&store);
}

// Also when nobody has heard of it before the store is closed.
static void after_a_failed_sync_the_log_stays(void **state) {
    (void)state;
    (void)move_a_part(true);
    store_close(&store);
    if (log_bytes() <= 0) {
        fail_msg("a sync of the database has failed, and the log was taken away when the store was closed");
    }
}

// The mark outlives the machine, too.
static void a_file_that_was_cut_is_marked_and_the_mark_synced(void **state) {
    (void)state;
    struct error error;
    char log[300];
    store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 1);
    snprintf(log, sizeof log, "%s-wal", path);
    assert_int_equal(truncate(log, 0), 0);
    struct stored_chunk chunk = chunk_of(1, 1, 1);
    assert_false(store_begin(store, &error) && store_add_chunk(store, &chunk, &error) &&
                 store_commit(store, &error));
    assert_non_null(strstr(error.text, "its log was emptied or cut"));
    assert_int_equal(files[LOCK].syncs, 1);
    store_close(&store);
    assert_false(try_open("1", STORE_SERVE, &store, &error));
    assert_non_null(strstr(error.text, "its database or its log was emptied or cut"));
}

static int set_up_syncs(void **state) {
    memset(files, 0, sizeof files);
    store = NULL;
    test_thread = pthread_self();
    strcpy(folder, "/dev/shm/quiniela-sync-XXXXXX"); // in memory where that can be
    if (mkdtemp(folder) == NULL) {
        return set_up(state);
    }
    snprintf(path, sizeof path, "%s/store.db", folder);
    return 0;
}

static int tear_down_syncs(void **state) {
    memset(files, 0, sizeof files);
    if (store != NULL) {
        store_close(&store);
    }
    return tear_down(state);
}

#define SYNC_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_syncs, tear_down_syncs)

int main(void) {
    const struct CMUnitTest tests[] = {
        SYNC_TEST(a_found_log_is_written_again_and_synced),
        SYNC_TEST(each_step_is_synced),
        SYNC_TEST(what_is_moved_is_synced_before_that_is_said),
        SYNC_TEST(a_failed_sync_of_the_writers_own),
        SYNC_TEST(after_a_failed_sync_nothing_is_stored),
        SYNC_TEST(after_a_failed_sync_the_log_stays),
        SYNC_TEST(a_file_that_was_cut_is_marked_and_the_mark_synced),
        SYNC_TEST(what_was_not_synced_is_moved_again_while_somebody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

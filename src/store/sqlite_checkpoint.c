// A "passive" checkpoint never makes a commit wait. But the log can only start over if everything in it has
// been moved while nothing is being added. So the thread does nearly all of the work, whenever the log has
// grown by a step. When the log has reached its cap, the writer does the small rest between two commits.
#include "store/sqlite_checkpoint.h"

#include "base/log.h"
#include "bet/errors.h"
#include "store/sqlite_error.h"
#include "store/sqlite_setup.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef CHECKPOINT_STEP_PAGES // tests build this file with smaller ones
#define CHECKPOINT_STEP_PAGES 256
#define CHECKPOINT_LOG_PAGES_MAX 2048
#endif

enum {
    STEP_PAGES = CHECKPOINT_STEP_PAGES, // of SQLITE_PAGE_BYTES: 4 MiB
    // 32 MiB: a log that is reused again and again keeps its memory.
    LOG_PAGES_MAX = CHECKPOINT_LOG_PAGES_MAX,
};

enum { BUSY_MS_MAX = 5000 };

struct checkpointer {
    sqlite3 *writer;
    sqlite3 *own; // the thread's connection
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool wanted, working, stopping;
    atomic_bool lost; // a sync of the database failed
    // The writer's alone.
    int pages;      // in the log
    int asked_at;   // how many there were when the thread was last asked
    int give_up_at; // the writer does not try again below this number of pages
};

static int run_checkpoint(sqlite3 *database, int *left) {
    int pages = 0, done = 0;
    int result = sqlite3_wal_checkpoint_v2(database, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &done);
    *left = pages - done;
    return result;
}

// SQLite syncs the database only with the last page of the log, and that sync then waits for everything
// written before. Syncing after every step leaves little for the one time when the writer has to do it.
static int sync_database(sqlite3 *database) {
    sqlite3_file *file = NULL;
    int result = sqlite3_file_control(database, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
    if (result != SQLITE_OK) {
        return result;
    }
    result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    return result == SQLITE_OK ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

// Whether pages moved into the database may be lost: after a failed sync Linux forgets the pages it could
// not write, and the next sync succeeds.
static bool is_lost(sqlite3 *database, int result) {
    return result == SQLITE_IOERR_FSYNC ||
           (result == SQLITE_IOERR && sqlite3_extended_errcode(database) == SQLITE_IOERR_FSYNC);
}

static void step(struct checkpointer *checkpointer) {
    int left;
    int result = run_checkpoint(checkpointer->own, &left);
    bool lost = is_lost(checkpointer->own, result);
    if (result == SQLITE_OK) {
        result = sync_database(checkpointer->own);
        lost = result != SQLITE_OK;
    }
    if (lost) {
        atomic_store(&checkpointer->lost, true);
    }
    if (result != SQLITE_OK && result != SQLITE_BUSY) { // everything is still in the log
        log_event(LOG_LEVEL_WARNING, "checkpoint", LOG_FAIL, "error: %s", sqlite3_errstr(result));
    }
}

static void *run(void *argument) {
    struct checkpointer *checkpointer = argument;
    pthread_setname_np(pthread_self(), "checkpoint");
    pthread_mutex_lock(&checkpointer->mutex);
    while (!checkpointer->stopping) {
        if (!checkpointer->wanted) {
            pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
            continue;
        }
        checkpointer->wanted = false;
        checkpointer->working = true;
        pthread_mutex_unlock(&checkpointer->mutex);
        step(checkpointer);
        pthread_mutex_lock(&checkpointer->mutex);
        checkpointer->working = false;
        pthread_cond_broadcast(&checkpointer->changed);
    }
    pthread_mutex_unlock(&checkpointer->mutex);
    return NULL;
}

// SQLite's WAL hook: called after each commit, with the number of pages in the log.
static int on_commit(void *context, sqlite3 *database, const char *name, int pages) {
    (void)database;
    (void)name;
    struct checkpointer *checkpointer = context;
    if (pages < checkpointer->pages) { // the log has started over
        checkpointer->asked_at = 0;
        checkpointer->give_up_at = 0;
    }
    checkpointer->pages = pages;
    if (pages - checkpointer->asked_at >= STEP_PAGES) {
        checkpointer->asked_at = pages;
        pthread_mutex_lock(&checkpointer->mutex);
        checkpointer->wanted = true;
        pthread_mutex_unlock(&checkpointer->mutex);
        pthread_cond_broadcast(&checkpointer->changed);
    }
    return SQLITE_OK;
}

static bool nothing_lost(struct checkpointer *checkpointer, struct error *error) {
    return !atomic_load(&checkpointer->lost) ||
           error_set(error, ERROR_STORE_FAILED, "a sync of the database failed; its log has everything");
}

bool checkpointer_between_commits(struct checkpointer *checkpointer, struct error *error) {
    if (checkpointer->pages < LOG_PAGES_MAX || checkpointer->pages < checkpointer->give_up_at) {
        return nothing_lost(checkpointer, error);
    }
    pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->wanted = false;
    while (checkpointer->working) {
        pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
    }
    pthread_mutex_unlock(&checkpointer->mutex);
    int left;
    if (is_lost(checkpointer->writer, run_checkpoint(checkpointer->writer, &left))) {
        atomic_store(&checkpointer->lost, true);
    }
    // With a reader on an old snapshot the log cannot start over yet.
    checkpointer->give_up_at = checkpointer->pages + STEP_PAGES;
    return nothing_lost(checkpointer, error);
}

// sqlite.org/walformat.html, 2: at 96 the log's index has the number of frames moved into the database. A
// process that moves some holds the second of its locks.
enum { MOVED_AT = 96, MOVING_LOCK = 1, INDEX_BYTES = 32768, LOOK_AGAIN_MS = 10 };

// While somebody else reads the store, the index outlives a store that failed. It counts pages as moved even
// if a failed sync left them only in the system's memory. Moving everything again is so little work that it
// is always done, needed or not.
static bool move_all_again(sqlite3 *writer, const char *path, struct error *error) {
    sqlite3_file *file = NULL;
    void volatile *index = NULL;
    int result = sqlite3_file_control(writer, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
    for (int waited_ms = 0; result == SQLITE_OK; waited_ms += LOOK_AGAIN_MS) {
        result = file->pMethods->xShmLock(file, MOVING_LOCK, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE);
        if (result != SQLITE_BUSY || waited_ms >= BUSY_MS_MAX) {
            break;
        }
        sqlite3_sleep(LOOK_AGAIN_MS);
        result = SQLITE_OK;
    }
    if (result == SQLITE_OK) {
        result = file->pMethods->xShmMap(file, 0, INDEX_BYTES, 0, &index);
        if (index != NULL) {
            atomic_store((volatile _Atomic uint32_t *)((volatile char *)index + MOVED_AT), 0);
        }
        file->pMethods->xShmLock(file, MOVING_LOCK, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
    }
    return result == SQLITE_OK ||
           error_set(error, ERROR_STORE_FAILED, "%.120s: cannot use the log's index: %s", path,
                     sqlite3_errstr(result));
}

static bool open_own(const char *path, struct checkpointer *checkpointer, struct error *error) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    return ((sqlite3_open_v2(path, &checkpointer->own, flags, NULL) == SQLITE_OK &&
             sqlite3_busy_timeout(checkpointer->own, BUSY_MS_MAX) == SQLITE_OK) ||
            sqlite_fail(checkpointer->own, path, "open", error)) &&
           sqlite_setup_second(checkpointer->own, path, error);
}

static void free_checkpointer(struct checkpointer *checkpointer) {
    sqlite3_close(checkpointer->own);
    pthread_cond_destroy(&checkpointer->changed);
    pthread_mutex_destroy(&checkpointer->mutex);
    free(checkpointer);
}

bool checkpointer_start(const char *path, sqlite3 *writer, struct checkpointer **result,
                        struct error *error) {
    *result = NULL;
    struct checkpointer *checkpointer = calloc(1, sizeof *checkpointer);
    if (checkpointer == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    checkpointer->writer = writer;
    pthread_mutex_init(&checkpointer->mutex, NULL);
    pthread_cond_init(&checkpointer->changed, NULL);
    bool started = move_all_again(writer, path, error) && open_own(path, checkpointer, error);
    if (started) {
        int failure = pthread_create(&checkpointer->thread, NULL, run, checkpointer);
        started = failure == 0 || error_set_system(error, failure, "cannot start the store's thread");
    }
    if (!started) {
        free_checkpointer(checkpointer);
        return false;
    }
    sqlite3_wal_hook(writer, on_commit, checkpointer);
    *result = checkpointer;
    return true;
}

bool checkpointer_stop(struct checkpointer **pointer) {
    struct checkpointer *checkpointer = *pointer;
    *pointer = NULL;
    sqlite3_wal_hook(checkpointer->writer, NULL, NULL);
    pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->stopping = true;
    pthread_mutex_unlock(&checkpointer->mutex);
    pthread_cond_broadcast(&checkpointer->changed);
    pthread_join(checkpointer->thread, NULL);
    bool nothing_is_lost = !atomic_load(&checkpointer->lost);
    free_checkpointer(checkpointer);
    return nothing_is_lost;
}

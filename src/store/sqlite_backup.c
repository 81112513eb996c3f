// SQLite's backup interface copies page by page. One read transaction, held from the first page to the last,
// makes that one snapshot: a server goes on writing into its log, and the copy never begins anew.
#include "store/sqlite_backup.h"

#include "base/path.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "store/beside.h"
#include "store/sqlite_ask.h"
#include "store/sqlite_error.h"
#include "store/sqlite_store.h"
#include "store/unfinished.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    STEP_PAGES = 64,               // at once, before it is asked how far it is
    SYNC_BYTES = 32 * 1024 * 1024, // so that a server's sync never waits for much of the copy
    HEADER_VERSIONS = 18,          // in a database's header: 1 without a log, 2 with one
    SPARE_BYTES = 1024 * 1024,     // of room, beyond the copy's own bytes
};

struct backing_up {
    const struct sqlite_store *store;
    const struct store_backup *backup;
    struct store_backed_up *done;
    struct unfinished made;
    uint64_t page_bytes;
};

static sqlite3 *source(const struct backing_up *backing_up) {
    return backing_up->store->statements.database;
}

static const char *shown(const struct backing_up *backing_up) {
    return backing_up->store->files.names.name;
}

static bool ask_number(const struct backing_up *backing_up, const char *sql, uint64_t *number,
                       struct error *error) {
    char answer[SQLITE_ANSWER_BYTES];
    bool asked = sqlite_ask(source(backing_up), shown(backing_up), sql, "back it up", answer, error);
    *number = asked ? strtoull(answer, NULL, 10) : 0;
    return asked;
}

static uint64_t log_bytes(const struct backing_up *backing_up) {
    struct stat status;
    return sqlite_names_look(&backing_up->store->files.names, SQLITE_LOG, &status) ? (uint64_t)status.st_size
                                                                                   : 0;
}

// NAME.v2 and its like: an upgrade keeps the store of before there.
static bool is_of_version(const struct backing_up *backing_up) {
    char beginning[PATH_MAX];
    sqlite_names_beside(&backing_up->store->files.names, ".v", beginning);
    size_t length = strlen(beginning);
    const char *number = backing_up->made.name + length;
    return strncmp(backing_up->made.name, beginning, length) == 0 && number[0] != '\0' &&
           number[strspn(number, "0123456789")] == '\0';
}

static bool refuse_name(const char *name, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "%.150s: that is a name of the store's own files; name another", name);
}

// The names of the store's own files, those that come and go among them.
static bool is_apart(const struct backing_up *backing_up, struct error *error) {
    static const char *const endings[] = {"-wal",      "-shm",           "-lock",    "-journal",
                                          ".backup",   ".backup.new",    ".control", ".upgrade",
                                          ".restored", ".before-restore"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char name[PATH_MAX];
        sqlite_names_beside(&backing_up->store->files.names, endings[i], name);
        if (strcmp(name, backing_up->made.name) == 0) {
            return refuse_name(name, error);
        }
    }
    return !is_of_version(backing_up) || refuse_name(backing_up->made.name, error);
}

static bool has_room(const struct backing_up *backing_up, struct error *error) {
    return beside_has_room(backing_up->made.name, backing_up->made.name, "the backup",
                           backing_up->done->bytes + SPARE_BYTES, error);
}

// Copying -------------------------------------------------------------------------------------------------

// The snapshot begins with the first question.
static bool begin_snapshot(struct backing_up *backing_up, struct error *error) {
    uint64_t pages;
    bool begun = ask_number(backing_up, "SELECT count(*) FROM draws", &backing_up->done->draws, error) &&
                 ask_number(backing_up, "PRAGMA page_count", &pages, error) &&
                 ask_number(backing_up, "PRAGMA page_size", &backing_up->page_bytes, error);
    backing_up->done->bytes = begun ? pages * backing_up->page_bytes : 0;
    return begun;
}

static bool copy_pages(const struct backing_up *backing_up, sqlite3_backup *pages) {
    uint64_t synced = 0, step_bytes = STEP_PAGES * backing_up->page_bytes;
    int status = SQLITE_OK;
    while (status == SQLITE_OK) {
        status = sqlite3_backup_step(pages, STEP_PAGES);
        uint64_t left = (uint64_t)sqlite3_backup_remaining(pages) * backing_up->page_bytes;
        uint64_t copied = backing_up->done->bytes > left ? backing_up->done->bytes - left : 0;
        if (status == SQLITE_OK && copied >= synced + SYNC_BYTES) {
            synced = copied - copied % step_bytes;
            status = fdatasync(backing_up->made.file) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
        }
        backing_up->backup->progress(backing_up->backup->context, copied, backing_up->done->bytes);
    }
    return status == SQLITE_DONE;
}

// Only this process has the copy, and a copy that is cut short is thrown away: it needs neither locks nor a
// journal.
static bool open_copy(const struct backing_up *backing_up, sqlite3 **copy, struct error *error) {
    const char *made = backing_up->made.other;
    if (sqlite3_open_v2(made, copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                        "unix-none") == SQLITE_OK) {
        return sqlite_execute(*copy, made, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
                              "back up into it", error);
    }
    return sqlite_fail(*copy, made, "back up into it", error);
}

static bool copy_into(const struct backing_up *backing_up, sqlite3 *copy, struct error *error) {
    sqlite3_backup *pages = sqlite3_backup_init(copy, "main", source(backing_up), "main");
    bool copied = pages != NULL && copy_pages(backing_up, pages);
    copied = (pages == NULL || sqlite3_backup_finish(pages) == SQLITE_OK) && copied;
    return copied || sqlite_fail(copy, backing_up->made.name, "back up into it", error);
}

// The copy has everything in one file, and needs none beside it, not even to be read from where nothing can
// be written. The next server gives it a log again.
static bool leave_log(const struct backing_up *backing_up, struct error *error) {
    static const uint8_t without_log[2] = {1, 1};
    return pwrite(backing_up->made.file, without_log, sizeof without_log, HEADER_VERSIONS) ==
               (ssize_t)sizeof without_log ||
           beside_fail(backing_up->made.name, "cannot be written", error);
}

static bool copy(struct backing_up *backing_up, struct error *error) {
    sqlite3 *copy = NULL;
    uint64_t log_before = log_bytes(backing_up);
    bool copied = begin_snapshot(backing_up, error) && has_room(backing_up, error) &&
                  open_copy(backing_up, &copy, error) && copy_into(backing_up, copy, error);
    sqlite3_close(copy);
    // From here on the store's log may be used again.
    (void)!sqlite3_exec(source(backing_up), "ROLLBACK; BEGIN", NULL, NULL, NULL);
    uint64_t log_after = log_bytes(backing_up);
    backing_up->done->log_grew = log_after > log_before ? log_after - log_before : 0;
    return copied && leave_log(backing_up, error);
}

// Checking ------------------------------------------------------------------------------------------------

bool sqlite_each_draw_name(struct store *store, store_each_name each, void *context, struct error *error) {
    const struct sqlite_store *sqlite = (const struct sqlite_store *)store;
    return sqlite_each_draw(sqlite->statements.database, sqlite->files.names.name, each, context, error);
}

static bool check_draw(void *context, const char *draw, struct error *error) {
    const struct backing_up *backing_up = context;
    return backing_up->backup->check(backing_up->backup->context, backing_up->made.other, draw, error);
}

// The store's draws may be more by now.
static bool check(struct backing_up *backing_up, struct error *error) {
    sqlite3 *copy = NULL;
    bool good = open_copy(backing_up, &copy, error) &&
                sqlite_each_draw(copy, backing_up->made.other, check_draw, backing_up, error);
    sqlite3_close(copy);
    return good;
}

bool sqlite_backup(struct store *store, const char *to, const struct store_backup *backup,
                   struct store_backed_up *done, struct error *error) {
    struct backing_up backing_up = {
        .store = (const struct sqlite_store *)store, .backup = backup, .done = done};
    bool made = unfinished_begin(&backing_up.made, to, error) && is_apart(&backing_up, error) &&
                copy(&backing_up, error) && check(&backing_up, error) &&
                unfinished_finish(&backing_up.made, error);
    unfinished_end(&backing_up.made);
    return made;
}

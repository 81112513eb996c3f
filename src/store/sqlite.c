// The embedded store: SQLite in WAL mode, synced at every commit, one row a chunk.
#include "store/sqlite_store.h"

#include "bet/errors.h"
#include "bet/limits.h"
#include "store/sqlite_log.h"
#include "store/sqlite_setup.h"
#include "store/sqlite_sizes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS_MAX = 5000 };

// Groups --------------------------------------------------------------------------------------------------

static bool sqlite_begin(struct store *store, struct error *error) {
    struct checkpointer *checkpointer = of(store)->checkpointer; // none where the store is only read
    return (!of(store)->serves || sqlite_sizes_look(&of(store)->files, error)) &&
           (checkpointer == NULL || checkpointer_between_commits(checkpointer, error)) &&
           sqlite_run_plain(store, BEGIN, "begin", error);
}

// A commit into files that no name leads to any more would be gone with the process.
static bool sqlite_commit(struct store *store, struct error *error) {
    return sqlite_run_plain(store, COMMIT, "commit", error) &&
           (!of(store)->serves || sqlite_files_unchanged(&of(store)->files, error));
}

static void sqlite_rollback(struct store *store) {
    struct error ignored; // some failures have rolled back already
    (void)!sqlite_run_plain(store, ROLLBACK, "roll back", &ignored);
}

// Writing -------------------------------------------------------------------------------------------------

static bool sqlite_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), PUT_DRAW, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_text(statement, 2, draw_state_name(draw->state), -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, draw->agencies);
    sqlite3_bind_int(statement, 4, draw->winning_number);
    sqlite3_bind_text(statement, 5, draw->opened_at, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, draw->sealed_at, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 7, draw->drawn_at, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 8, (sqlite3_int64)draw->winners_checksum);
    sqlite3_bind_int64(statement, 9, (sqlite3_int64)draw->checksum);
    return sqlite_run(of(store), statement, "store the draw", error);
}

static bool sqlite_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), PUT_AGENCY, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, agency->agency);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)agency->bets);
    sqlite3_bind_text(statement, 4, agency->finished_at, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, agency->told_at, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)agency->checksum);
    return sqlite_run(of(store), statement, "store an agency", error);
}

static bool sqlite_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), ADD_CHUNK, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, chunk->agency);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)chunk->first);
    sqlite3_bind_int64(statement, 4, chunk->count);
    sqlite3_bind_blob(statement, 5, chunk->digest, STORE_DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)chunk->checksum);
    sqlite3_bind_blob64(statement, 7, chunk->numbers, (sqlite3_uint64)chunk->count * 2, SQLITE_STATIC);
    sqlite3_bind_text64(statement, 8, chunk->rows, chunk->rows_length, SQLITE_STATIC, SQLITE_UTF8);
    return sqlite_run(of(store), statement, "store a chunk", error);
}

// A row of that size, in a group that is rolled back: its pages are written into the log, where a later
// commit then has its place (sqlite.org/c3ref/db_cacheflush.html).
static bool sqlite_try_room(struct store *store, size_t bytes, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), ADD_CHUNK, error);
    if (statement == NULL) {
        return false;
    }
    for (int column = 2; column <= 6; column++) {
        sqlite3_bind_int(statement, column, 0); // no agency has the number 0
    }
    sqlite3_bind_zeroblob64(statement, 7, bytes);
    sqlite3_bind_text(statement, 8, "", 0, SQLITE_STATIC);
    return sqlite_run(of(store), statement, "make room", error) &&
           (sqlite3_db_cacheflush(of(store)->database) == SQLITE_OK ||
            sqlite_fail(of(store), "make room", error));
}

static bool sqlite_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), ADD_WINNER, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, winner->agency);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)winner->bet);
    sqlite3_bind_text(statement, 4, winner->document, -1, SQLITE_STATIC);
    return sqlite_run(of(store), statement, "store a winner", error);
}

// Opening and closing -------------------------------------------------------------------------------------

static void sqlite_close(struct store *store) {
    struct sqlite_store *sqlite = of(store);
    if (sqlite->checkpointer != NULL && !checkpointer_stop(&sqlite->checkpointer)) {
        store->failed = true;
    }
    // The log is kept as it is: whoever opens the store next looks at all of it.
    if (!store->failed) {
        sqlite_files_let_go(&sqlite->files);
    } else if (sqlite->database != NULL) {
        sqlite3_db_config(sqlite->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(sqlite->statements[i]);
    }
    sqlite3_close(sqlite->database);
    sqlite_files_release(&sqlite->files);
    free(sqlite);
}

static bool connect(struct sqlite_store *sqlite, enum store_mode mode, struct error *error) {
    int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    char uri[SQLITE_URI_BYTES];
    const char *address = sqlite->files.path;
    if (mode == STORE_READ) {
        sqlite_files_uri(&sqlite->files, uri);
        address = uri;
    }
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    return (sqlite3_open_v2(address, &sqlite->database, flags, NULL) == SQLITE_OK &&
            sqlite3_busy_timeout(sqlite->database, BUSY_MS_MAX) == SQLITE_OK) ||
           sqlite_fail(sqlite, "open", error);
}

// As sqlite_files_take does for a server; by SQLite's own descriptor, since closing another one would drop
// the locks of a server in this process.
static bool check_beginning(struct sqlite_store *sqlite, struct error *error) {
    char bytes[SQLITE_BEGINNING_BYTES] = "";
    sqlite3_file *file = NULL;
    sqlite3_int64 length = 0;
    if (sqlite3_file_control(sqlite->database, NULL, SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file->pMethods == NULL || file->pMethods->xFileSize(file, &length) != SQLITE_OK) {
        return true; // SQLite says why
    }
    int count = (int)(length < (sqlite3_int64)sizeof bytes ? length : (sqlite3_int64)sizeof bytes);
    return file->pMethods->xRead(file, bytes, count, 0) != SQLITE_OK ||
           sqlite_files_check_beginning(&sqlite->files, bytes, (size_t)count, error);
}

// One snapshot for all that is read.
static bool open_to_read(struct sqlite_store *sqlite, struct error *error) {
    bool without_tables;
    return sqlite_sizes_check_mark(&sqlite->files, error) && sqlite_log_check(&sqlite->files, error) &&
           connect(sqlite, STORE_READ, error) && check_beginning(sqlite, error) &&
           sqlite_setup_check(sqlite->database, sqlite->files.name, &without_tables, error) &&
           (!without_tables ||
            error_set(error, ERROR_STORE_FAILED, "%s: is no store of quiniela", sqlite->files.name)) &&
           (sqlite3_exec(sqlite->database, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ||
            sqlite_fail(sqlite, "read", error));
}

// Nothing is set before it is known whose the file is: somebody else's must stay as it is.
static bool open_to_serve(struct sqlite_store *sqlite, struct store_identity *identity, struct error *error) {
    bool without_tables;
    return sqlite_files_take(&sqlite->files, identity, error) && sqlite_log_settle(&sqlite->files, error) &&
           connect(sqlite, STORE_SERVE, error) &&
           sqlite_setup_check(sqlite->database, sqlite->files.name, &without_tables, error) &&
           sqlite_setup_writer(sqlite->database, sqlite->files.name, without_tables, error) &&
           sqlite_files_note(&sqlite->files, identity, error) &&
           checkpointer_start(sqlite->files.path, sqlite->database, &sqlite->checkpointer, error);
}

static const struct store_operations operations = {
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .put_draw = sqlite_put_draw,
    .put_agency = sqlite_put_agency,
    .add_chunk = sqlite_add_chunk,
    .add_winner = sqlite_add_winner,
    .get_draw = sqlite_get_draw,
    .agencies = sqlite_agencies,
    .numbers = sqlite_numbers,
    .chunks = sqlite_chunks,
    .pieces = sqlite_pieces,
    .winners = sqlite_winners,
    .check_files = sqlite_check_files,
    .close = sqlite_close,
    .try_room = sqlite_try_room,
};

static bool open_store(const char *path, const char *draw, enum store_mode mode,
                       struct store_identity *identity, struct store **store, struct error *error) {
    *store = NULL;
    if (strlen(draw) > DRAW_NAME_BYTES_MAX || draw[0] == '\0') {
        return error_set(error, ERROR_BAD_SETTING, "DRAW: a draw's name has 1 to %d bytes",
                         DRAW_NAME_BYTES_MAX);
    }
    if (!sqlite_files_check_name(path, error)) {
        return false;
    }
    struct sqlite_store *sqlite = calloc(1, sizeof *sqlite);
    if (sqlite == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    sqlite->store.operations = &operations;
    sqlite->serves = mode == STORE_SERVE;
    snprintf(sqlite->draw, sizeof sqlite->draw, "%s", draw);
    sqlite->store.address = sqlite->files.name;
    sqlite->store.draw_name = sqlite->draw;
    if (!sqlite_files_find(path, &sqlite->files, error) ||
        !(mode == STORE_SERVE ? open_to_serve(sqlite, identity, error) : open_to_read(sqlite, error))) {
        sqlite->store.failed = true;
        sqlite_close(&sqlite->store);
        return false;
    }
    *store = &sqlite->store;
    return true;
}

bool sqlite_store_open_same(const char *path, const char *draw, struct store_identity *identity,
                            struct store **store, struct error *error) {
    return open_store(identity->is_known ? identity->path : path, draw, STORE_SERVE, identity, store, error);
}

bool sqlite_store_open(const char *path, const char *draw, enum store_mode mode, struct store **store,
                       struct error *error) {
    return open_store(path, draw, mode, NULL, store, error);
}

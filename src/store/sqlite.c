// The embedded store: SQLite in WAL mode, synced at every commit. A chunk is a row; small ones share one
// (filing.h).
#include "store/sqlite_backup.h"
#include "store/sqlite_store.h"

#include "base/file_beginnings.h"
#include "base/path.h"
#include "bet/errors.h"
#include "store/merged.h"
#include "store/sqlite_erase.h"
#include "store/sqlite_error.h"
#include "store/sqlite_gather.h"
#include "store/sqlite_log.h"
#include "store/sqlite_restore.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_setup.h"
#include "store/sqlite_upgrade.h"

#include <stdlib.h>
#include <string.h>

enum { BUSY_MS_MAX = 5000 };

static struct sqlite_store *of(struct store *store) {
    return (struct sqlite_store *)store;
}

static bool fail(const struct sqlite_store *sqlite, const char *what, struct error *error) {
    return sqlite_fail(sqlite->statements.database, sqlite->files.names.name, what, error);
}

// Groups --------------------------------------------------------------------------------------------------

static bool sqlite_begin(struct store *store, struct error *error) {
    struct sqlite_store *sqlite = of(store);
    return (!sqlite->serves || sqlite_sizes_look(&sqlite->files.sizes, error)) &&
           (sqlite->checkpointer == NULL || checkpointer_between_commits(sqlite->checkpointer, error)) &&
           sqlite_statements_run(&sqlite->statements, STATEMENT_BEGIN, NULL, "begin", error);
}

// A commit into files that no longer have a name would be lost when the process ends; or it would be in
// another place for good, and answered as failed. So they are looked at before; and behind it, as they may
// lose their names meanwhile.
static bool sqlite_commit(struct store *store, struct error *error) {
    struct sqlite_store *sqlite = of(store);
    if (!filing_before_commit(&sqlite->filing, store, error) ||
        (sqlite->serves && !sqlite_files_unchanged(&sqlite->files, error)) ||
        !sqlite_statements_run(&sqlite->statements, STATEMENT_COMMIT, NULL, "commit", error)) {
        return false;
    }
    filing_committed(&sqlite->filing);
    return !sqlite->serves || sqlite_files_unchanged(&sqlite->files, error);
}

static bool sqlite_rollback(struct store *store) {
    struct error ignored; // some failures have rolled back already
    (void)!sqlite_statements_run(&of(store)->statements, STATEMENT_ROLLBACK, NULL, "roll back", &ignored);
    filing_rolled_back(&of(store)->filing);
    return true;
}

// Syncs the open group's pages in the log, which no commit has yet (sqlite.org/c3ref/db_cacheflush.html).
// Only then have those that are gathered been written (sqlite_gather.h).
static int sync_log(sqlite3 *database) {
    sqlite3_file *log = NULL;
    int result = sqlite3_db_cacheflush(database);
    if (result == SQLITE_OK) {
        result = sqlite3_file_control(database, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &log);
    }
    return result != SQLITE_OK ? result
                               : log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

// Writes a row of that size, in a group that is rolled back. Its pages go into the log, where a later commit
// then finds its place.
static bool sqlite_try_room(struct store *store, size_t bytes, struct error *error) {
    struct sqlite_store *sqlite = of(store);
    sqlite3_stmt *statement = sqlite_statements_prepare(&sqlite->statements, SQL_ADD_CHUNK, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_text(statement, 1, store->draw_name, -1, SQLITE_STATIC);
    for (int column = 2; column <= 6; column++) {
        sqlite3_bind_int(statement, column, 0); // no agency has the number 0
    }
    sqlite3_bind_zeroblob64(statement, 7, bytes);
    sqlite3_bind_text(statement, 8, "", 0, SQLITE_STATIC);
    if (!sqlite_statements_step(&sqlite->statements, statement, "make room", error)) {
        return false;
    }
    int synced = sync_log(sqlite->statements.database);
    return synced == SQLITE_OK || sqlite_fail_as(synced, sqlite->files.names.name, "make room", error);
}

// Statements ----------------------------------------------------------------------------------------------

static bool sqlite_change(struct store *store, int statement, const struct sql_values *values,
                          const char *what, struct error *error) {
    return sqlite_statements_run(&of(store)->statements, statement, values, what, error);
}

static bool sqlite_query(struct store *store, int statement, const struct sql_values *values,
                         const struct sql_reader *reader, struct error *error) {
    return sqlite_statements_query(&of(store)->statements, statement, values, reader, "read", error);
}

// What the inbox has a part in -----------------------------------------------------------------------------

static bool sqlite_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    return filing_add_chunk(&of(store)->filing, store, chunk, error);
}

static bool sqlite_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    return filing_put_agency(&of(store)->filing, store, agency, error);
}

static bool sqlite_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    return merged_agencies(&of(store)->filing, store, each, context, error);
}

static bool sqlite_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    return merged_numbers(&of(store)->filing, store, each, context, error);
}

static bool sqlite_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                          store_each_chunk each, void *context, struct error *error) {
    return merged_chunks(&of(store)->filing, store, agency, from, to, each, context, error);
}

static bool sqlite_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                          store_each_piece each, void *context, struct error *error) {
    return merged_pieces(&of(store)->filing, store, agency, from, count_max, each, context, error);
}

static bool take_integer(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    *(uint64_t *)reader->context = (uint64_t)row->columns->integer(row->row, 0);
    return true;
}

static bool sqlite_void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                               struct error *error) {
    struct sql_reader reader = {.take = take_integer, .context = bets};
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, agency);
    sql_values_add_integer(&values, voiding);
    return filing_file_all(&of(store)->filing, store, error) &&
           sqlite_change(store, STATEMENT_VOID, &values, "void bets", error) &&
           sqlite_query(store, STATEMENT_VOIDED_BETS, &values, &reader, error) &&
           sqlite_change(store, STATEMENT_DROP_CHUNKS, &values, "void bets", error);
}

// Its own check -------------------------------------------------------------------------------------------

struct survey {
    store_on_damage on_damage;
    void *context;
};

static bool take_finding(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    const struct survey *survey = reader->context;
    size_t ignored;
    const char *text = row->columns->text(row->row, 0, &ignored);
    if (text == NULL || strcmp(text, "ok") != 0) {
        survey->on_damage(survey->context, text == NULL ? "" : text);
    }
    return true;
}

static bool sqlite_check_files(struct store *store, store_on_damage on_damage, void *context,
                               struct error *error) {
    if (of(store)->is_checked) {
        return true;
    }
    struct survey survey = {on_damage, context};
    struct sql_reader reader = {.take = take_finding, .context = &survey};
    return sqlite_statements_query(&of(store)->statements, STATEMENT_INTEGRITY_CHECK, NULL, &reader,
                                   "check it", error);
}

// Opening and closing -------------------------------------------------------------------------------------

// The log is kept unchanged if the next server to open the store has to check all of it.
static void close_files(struct sqlite_store *sqlite, bool keeps_log) {
    if (sqlite->checkpointer != NULL && !checkpointer_stop(&sqlite->checkpointer)) {
        keeps_log = true;
    }
    if (!keeps_log) {
        sqlite_files_let_go(&sqlite->files);
    } else if (sqlite->statements.database != NULL) {
        sqlite3_db_config(sqlite->statements.database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    filing_end(&sqlite->filing);
    sqlite_statements_finalize(&sqlite->statements);
    sqlite3_close(sqlite->statements.database);
    sqlite_files_release(&sqlite->files);
    free(sqlite);
}

static void sqlite_close(struct store *store) {
    close_files(of(store), store->failed);
}

static bool connect(struct sqlite_store *sqlite, enum store_mode mode, struct error *error) {
    int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    char uri[SQLITE_URI_BYTES];
    const char *address = sqlite->files.names.path;
    if (mode == STORE_READ) {
        sqlite_names_uri(&sqlite->files.names, uri);
        address = uri;
    }
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    const char *vfs = mode == STORE_READ ? NULL : sqlite_gather_vfs();
    return (sqlite3_open_v2(address, &sqlite->statements.database, flags, vfs) == SQLITE_OK &&
            sqlite3_busy_timeout(sqlite->statements.database, BUSY_MS_MAX) == SQLITE_OK) ||
           fail(sqlite, "open", error);
}

// Like sqlite_files_take for a server, but through SQLite's own descriptor. Closing another one would drop
// the locks of a server in this process.
static bool check_beginning(struct sqlite_store *sqlite, struct error *error) {
    char bytes[SQLITE_NAMES_BEGINNING_BYTES] = "";
    sqlite3_file *file = NULL;
    sqlite3_int64 length = 0;
    if (sqlite3_file_control(sqlite->statements.database, NULL, SQLITE_FCNTL_FILE_POINTER, &file) !=
            SQLITE_OK ||
        file->pMethods == NULL || file->pMethods->xFileSize(file, &length) != SQLITE_OK) {
        return true; // SQLite reports the reason
    }
    int count = (int)(length < (sqlite3_int64)sizeof bytes ? length : (sqlite3_int64)sizeof bytes);
    return file->pMethods->xRead(file, bytes, count, 0) != SQLITE_OK ||
           sqlite_names_check_beginning(&sqlite->files.names, bytes, (size_t)count, error);
}

// One snapshot for everything that is read.
// The files may be replaced while SQLite opens them.
static bool open_to_read(struct sqlite_store *sqlite, enum store_mode mode,
                         const struct sqlite_identity *identity, struct error *error) {
    bool without_tables;
    int64_t id = mode == STORE_READ_UPGRADED ? SQLITE_SCHEMA_UNFINISHED_ID : SQLITE_SCHEMA_APPLICATION_ID;
    return sqlite_files_check(&sqlite->files, identity, error) &&
           sqlite_sizes_check_mark(&sqlite->files.names, error) &&
           sqlite_log_check(&sqlite->files.names, error) && connect(sqlite, STORE_READ, error) &&
           check_beginning(sqlite, error) &&
           sqlite_setup_check(sqlite->statements.database, sqlite->files.names.name, id, &without_tables,
                              error) &&
           (!without_tables ||
            error_set(error, ERROR_STORE_FAILED, "%s: is not a quiniela store", sqlite->files.names.name)) &&
           (sqlite3_exec(sqlite->statements.database, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ||
            fail(sqlite, "read", error)) &&
           sqlite_files_check(&sqlite->files, identity, error);
}

// Sets nothing before it is known that the file is ours: somebody else's must not change.
static bool open_to_serve(struct sqlite_store *sqlite, struct sqlite_identity *identity,
                          struct error *error) {
    bool without_tables;
    return sqlite_files_take(&sqlite->files, identity, error) &&
           sqlite_log_settle(&sqlite->files.names, error) && connect(sqlite, STORE_SERVE, error) &&
           sqlite_setup_check(sqlite->statements.database, sqlite->files.names.name,
                              SQLITE_SCHEMA_APPLICATION_ID, &without_tables, error) &&
           sqlite_setup_writer(sqlite->statements.database, sqlite->files.names.name, without_tables,
                               error) &&
           sqlite_files_note(&sqlite->files, identity, error) &&
           checkpointer_start(sqlite->files.names.path, sqlite->statements.database, &sqlite->checkpointer,
                              error);
}

static const struct store_operations operations = {
    .is_shared = false,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .put_draw = sql_put_draw,
    .put_agency = sqlite_put_agency,
    .add_chunk = sqlite_add_chunk,
    .add_winner = sql_add_winner,
    .add_paper = sql_add_paper,
    .get_draw = sql_get_draw,
    .draws = sql_draws,
    .agencies = sqlite_agencies,
    .numbers = sqlite_numbers,
    .chunks = sqlite_chunks,
    .pieces = sqlite_pieces,
    .winners = sql_winners,
    .papers = sql_papers,
    .void_agency = sqlite_void_agency,
    .voided = sql_voided,
    .erase = sqlite_erase,
    .check_files = sqlite_check_files,
    .close = sqlite_close,
    .try_room = sqlite_try_room,
};

static void forget(void *kept) {
    sqlite_files_forget(kept);
}

// Makes the part of an identity that is kept, unless it exists. False when out of memory.
static bool keep_identity(struct store_identity *identity, struct error *error) {
    if (identity != NULL && identity->kept == NULL) {
        *identity = (struct store_identity){calloc(1, sizeof(struct sqlite_identity)), forget};
    }
    return identity == NULL || identity->kept != NULL ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the store");
}

static bool sqlite_open(const struct store_opening *opening, struct store **store, struct error *error) {
    static const struct sql_database database = {sqlite_change, sqlite_query, NULL};
    struct sqlite_store *sqlite = NULL;
    if (!sqlite_names_check(opening->address, error) || !keep_identity(opening->identity, error)) {
        return false;
    }
    sqlite = calloc(1, sizeof *sqlite);
    if (sqlite == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    struct sqlite_identity *identity = opening->identity != NULL ? opening->identity->kept : NULL;
    const char *path = identity != NULL && identity->is_known ? identity->path : opening->address;
    store_init(&sqlite->base.store, &operations, sqlite->files.names.name, opening->draw);
    sqlite->base.database = &database;
    sqlite->statements.name = sqlite->files.names.name;
    sqlite->serves = opening->mode == STORE_SERVE;
    sqlite->is_checked = opening->mode == STORE_READ_UPGRADED;
    if (!sqlite_files_find(path, &sqlite->files, error) ||
        !(sqlite->serves ? open_to_serve(sqlite, identity, error)
                         : open_to_read(sqlite, opening->mode, identity, error))) {
        close_files(sqlite, true);
        return false;
    }
    *store = &sqlite->base.store;
    return true;
}

// Any address that no other kind takes is a path.
static bool is_address(const char *address) {
    (void)address;
    return true;
}

static const struct store_beginning beginnings[] = {
    {SQLITE_BEGINNING, SQLITE_BEGINNING_BYTES, "a database"},
    {SQLITE_LOG_BEGINNING_LITTLE, SQLITE_LOG_BEGINNING_BYTES, "a database's log"},
    {SQLITE_LOG_BEGINNING_BIG, SQLITE_LOG_BEGINNING_BYTES, "a database's log"},
    {SQLITE_JOURNAL_BEGINNING, SQLITE_JOURNAL_BEGINNING_BYTES, "a database's journal"},
    {NULL, 0, NULL},
};

const struct store_kind sqlite_kind = {
    .operations = &operations,
    .is_remote = false,
    .is_address = is_address,
    .open = sqlite_open,
    .check_address = sqlite_names_check,
    .upgrade = sqlite_upgrade,
    .backup = sqlite_backup,
    .each_draw_name = sqlite_each_draw_name,
    .restore = sqlite_restore,
    .scrub = sqlite_scrub,
    .paths = sqlite_names_paths,
    .file = path_resolve,
    .beginnings = beginnings,
};

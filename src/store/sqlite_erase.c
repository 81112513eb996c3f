#include "store/sqlite_erase.h"

#include "store/sqlite_ask.h"
#include "store/sqlite_error.h"
#include "store/sqlite_store.h"

enum { BUSY_MS_MAX = 5000 };

static const char what[] = "erase a draw";

static bool run(struct store *store, int statement, struct error *error) {
    struct sql_values values;
    sql_values_begin(&values, store);
    return sqlite_statements_run(&((struct sqlite_store *)store)->statements, statement, &values, what,
                                 error);
}

// What the inbox has is filed first: so the agencies' rows count it, and its rows go. From here on the pages
// of deleted rows are overwritten.
bool sqlite_erase(struct store *store, struct error *error) {
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    return sqlite_execute(sqlite->statements.database, store->address, "PRAGMA secure_delete = ON", what,
                          error) &&
           filing_file_all(&sqlite->filing, store, error) && run(store, STATEMENT_ERASE_CHUNKS, error) &&
           run(store, STATEMENT_ERASE_VOIDED, error) && run(store, STATEMENT_ERASE_WINNERS, error);
}

// Rows that were deleted before, of the inbox say, are still in the pages that they have left, and within
// those that others share. A file that is written anew has none of them.
static bool write_anew(sqlite3 *database, const char *path, struct error *error) {
    char ignored[SQLITE_ANSWER_BYTES];
    return sqlite_execute(database, path, "PRAGMA secure_delete = ON; VACUUM", what, error) &&
           sqlite_ask(database, path, "PRAGMA wal_checkpoint(TRUNCATE)", what, ignored, error);
}

bool sqlite_scrub(const char *path, struct error *error) {
    struct sqlite_names names;
    sqlite3 *database;
    if (!sqlite_names_find(path, &names, error)) {
        return false;
    }
    bool done = (sqlite3_open_v2(names.path, &database,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                                 NULL) == SQLITE_OK &&
                 sqlite3_busy_timeout(database, BUSY_MS_MAX) == SQLITE_OK) ||
                sqlite_fail(database, names.name, what, error);
    done = done && write_anew(database, names.name, error);
    sqlite3_close(database);
    return done;
}

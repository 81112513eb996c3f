#include "store/sqlite_setup.h"

#include "base/path.h"
#include "bet/errors.h"
#include "store/sqlite_ask.h"
#include "store/sqlite_error.h"
#include "store/sqlite_schema.h"
#include "store/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SQL_BYTES = SQLITE_ANSWER_BYTES };

static bool ask_number(sqlite3 *database, const char *path, const char *sql, int64_t *value,
                       struct error *error) {
    char answer[SQL_BYTES];
    *value = 0;
    return sqlite_ask(database, path, sql, "open", answer, error) &&
           (sscanf(answer, "%" SCNd64, value) == 1 ||
            error_set(error, ERROR_STORE_FAILED, "%.120s: cannot open: no answer to %s", path, sql));
}

// Whose it is ---------------------------------------------------------------------------------------------

bool sqlite_setup_check_tables(sqlite3 *database, const char *path, const char *schema, int tables,
                               struct error *error) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, "SELECT count(*) FROM sqlite_schema WHERE instr(?1, sql || ';') > 0", -1,
                           &statement, NULL) != SQLITE_OK) {
        return sqlite_fail(database, path, "open", error);
    }
    sqlite3_bind_text(statement, 1, schema, -1, SQLITE_STATIC);
    bool read = sqlite3_step(statement) == SQLITE_ROW;
    if (!read) {
        sqlite_fail(database, path, "open", error);
    } else if (sqlite3_column_int(statement, 0) != tables) {
        read =
            error_set(error, ERROR_STORE_FAILED,
                      "%s: its tables are damaged, or are not this program's: restore it from a copy", path);
    }
    sqlite3_finalize(statement);
    return read;
}

bool sqlite_setup_version(sqlite3 *database, const char *path, int64_t id, int64_t *version,
                          struct error *error) {
    int64_t found = 0, tables = 0;
    if (!ask_number(database, path, "PRAGMA application_id", &found, error) ||
        !ask_number(database, path, "PRAGMA user_version", version, error) ||
        !ask_number(database, path, "SELECT count(*) FROM sqlite_schema", &tables, error)) {
        return false;
    }
    if (found == 0 && *version == 0 && tables == 0) {
        *version = SQLITE_SETUP_EMPTY;
        return true;
    }
    return found == id ||
           error_set(error, ERROR_STORE_FAILED,
                     found == SQLITE_SCHEMA_UNFINISHED_ID
                         ? "%.150s: is what an upgrade has not finished; upgrade the store again"
                         : "%.150s: is not a quiniela store",
                     path);
}

bool sqlite_setup_check(sqlite3 *database, const char *path, int64_t id, bool *without_tables,
                        struct error *error) {
    int64_t version;
    if (!sqlite_setup_version(database, path, id, &version, error)) {
        return false;
    }
    *without_tables = version == SQLITE_SETUP_EMPTY;
    if (*without_tables) {
        return true;
    }
    if (version < SQLITE_SCHEMA_VERSION) {
        char real[PATH_MAX]; // whoever is to type it may be in another folder
        return store_version_older(path, path_resolve(path, real, error) ? real : path, version, error);
    }
    if (version > SQLITE_SCHEMA_VERSION) {
        return store_version_newer(path, version, error);
    }
    return sqlite_setup_check_tables(database, path, sqlite_schema, SQLITE_SCHEMA_TABLES, error);
}

// How it is set -------------------------------------------------------------------------------------------

// Requests a setting, and fails unless SQLite then reports the value `wanted`.
static bool set(sqlite3 *database, const char *path, const char *name, const char *value, const char *wanted,
                struct error *error) {
    char sql[SQL_BYTES], answer[SQL_BYTES];
    snprintf(sql, sizeof sql, "PRAGMA %s = %s", name, value);
    if (!sqlite_ask(database, path, sql, "open", answer,
                    error)) { // some answer here, some only when they are queried
        return false;
    }
    snprintf(sql, sizeof sql, "PRAGMA %s", name);
    return sqlite_ask(database, path, sql, "open", answer, error) &&
           (strcmp(answer, wanted) == 0 ||
            error_set(error, ERROR_STORE_FAILED,
                      "%.120s: SQLite has %s \"%.20s\" here and not \"%s\", so nothing that is acknowledged "
                      "would be safe; put the store on a local disk",
                      path, name, answer, wanted));
}

// A confined server may make no file beside those of its store: what a statement puts aside stays in memory.
static bool set_session(sqlite3 *database, const char *path, struct error *error) {
    return set(database, path, "locking_mode", "NORMAL", "normal", error) &&
           set(database, path, "synchronous", "FULL", "2", error) &&
           set(database, path, "wal_autocheckpoint", "0", "0", error) &&
           set(database, path, "secure_delete", "0", "0", error) &&
           set(database, path, "temp_store", "MEMORY", "2", error);
}

static bool make_tables(sqlite3 *database, const char *path, struct error *error) {
    static const char what[] = "make the tables";
    char identity[SQL_BYTES];
    snprintf(identity, sizeof identity, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             SQLITE_SCHEMA_APPLICATION_ID, SQLITE_SCHEMA_VERSION);
    return sqlite_execute(database, path, "BEGIN IMMEDIATE", what, error) &&
           sqlite_execute(database, path, sqlite_schema, what, error) &&
           sqlite_execute(database, path, identity, what, error) &&
           sqlite_execute(database, path, "COMMIT", what, error);
}

bool sqlite_setup_writer(sqlite3 *database, const char *path, bool without_tables, struct error *error) {
    char page_size[SQL_BYTES], ignored[SQL_BYTES];
    snprintf(page_size, sizeof page_size, "PRAGMA page_size = %d", SQLITE_PAGE_BYTES);
    // Takes effect in an empty file only. Other page sizes cost writes, and break no promise.
    return sqlite_ask(database, path, page_size, "open", ignored, error) &&
           set(database, path, "journal_mode", "WAL", "wal", error) && set_session(database, path, error) &&
           (!without_tables || make_tables(database, path, error)) &&
           // Makes the log: its name must be synced, and known, before anything is stored.
           sqlite_ask(database, path, "SELECT count(*) FROM sqlite_schema", "open", ignored, error);
}

bool sqlite_setup_second(sqlite3 *database, const char *path, struct error *error) {
    char mode[SQL_BYTES];
    return sqlite_ask(database, path, "PRAGMA journal_mode", "open", mode, error) &&
           (strcmp(mode, "wal") == 0 ||
            error_set(error, ERROR_STORE_FAILED, "%.120s: its journal is \"%.20s\" and not \"wal\"", path,
                      mode)) &&
           set_session(database, path, error);
}

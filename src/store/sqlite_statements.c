#include "store/sqlite_setup.h"
#include "store/sqlite_store.h"

// ?1 is the draw in all of them.
static const char *const statement_texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [PUT_DRAW] = "INSERT INTO draws (draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
                 " winners_checksum, checksum)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, ''), nullif(?7, ''), ?8, ?9)"
                 " ON CONFLICT (draw) DO UPDATE SET state = ?2, agencies = ?3, winning_number = ?4,"
                 " opened_at = ?5, sealed_at = nullif(?6, ''), drawn_at = nullif(?7, ''),"
                 " winners_checksum = ?8, checksum = ?9",
    [PUT_AGENCY] = "INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum)"
                   " VALUES (?1, ?2, ?3, nullif(?4, ''), nullif(?5, ''), ?6)"
                   " ON CONFLICT (draw, agency) DO UPDATE SET bets = ?3, finished_at = nullif(?4, ''),"
                   " told_at = nullif(?5, ''), checksum = ?6",
    [ADD_CHUNK] = "INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [ADD_WINNER] = "INSERT INTO winners (draw, agency, bet, document) VALUES (?1, ?2, ?3, ?4)",
    [GET_DRAW] = "SELECT state, agencies, winning_number, opened_at, sealed_at, drawn_at, winners_checksum,"
                 " checksum FROM draws WHERE draw = ?1",
    [ALL_AGENCIES] =
        "SELECT agency, bets, finished_at, told_at, checksum FROM agencies WHERE draw = ?1 ORDER BY agency",
    [ALL_NUMBERS] = "SELECT agency, first, count, digest, checksum, numbers FROM chunks WHERE draw = ?1"
                    " ORDER BY agency, first",
    [ALL_CHUNKS] = "SELECT agency, first, count, digest, checksum, numbers, rows FROM chunks"
                   " WHERE draw = ?1 AND ?3 < ?4 AND first < ?4 AND first + count > ?3"
                   " ORDER BY agency, first",
    [SOME_CHUNKS] = "SELECT agency, first, count, digest, checksum, numbers, rows FROM chunks"
                    " WHERE draw = ?1 AND agency = ?2 AND first < ?4 AND first >= coalesce("
                    "  (SELECT max(first) FROM chunks WHERE draw = ?1 AND agency = ?2 AND first <= ?3), 0)"
                    " AND ?3 < ?4 AND first + count > ?3" // that one may end before, or the range be empty
                    " ORDER BY first",
    [SOME_PIECES] = "SELECT first, count, digest FROM chunks"
                    " WHERE draw = ?1 AND agency = ?2 AND first >= coalesce("
                    "  (SELECT max(first) FROM chunks WHERE draw = ?1 AND agency = ?2 AND first <= ?3), 0)"
                    " AND first + count > ?3 ORDER BY first LIMIT ?4",
    [ALL_WINNERS] = "SELECT agency, bet, document FROM winners WHERE draw = ?1 ORDER BY agency, bet",
    [INTEGRITY_CHECK] = "PRAGMA integrity_check",
};

bool sqlite_fail(struct sqlite_store *sqlite, const char *what, struct error *error) {
    return sqlite_setup_fail(sqlite->database, sqlite->files.name, what, error);
}

sqlite3_stmt *sqlite_prepare(struct sqlite_store *sqlite, enum statement which, struct error *error) {
    sqlite3_stmt **statement = &sqlite->statements[which];
    if (*statement == NULL && sqlite3_prepare_v3(sqlite->database, statement_texts[which], -1,
                                                 SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
        sqlite_fail(sqlite, "prepare a statement", error);
        return NULL;
    }
    if (sqlite3_bind_parameter_count(*statement) > 0 &&
        sqlite3_bind_text(*statement, 1, sqlite->draw, -1, SQLITE_STATIC) != SQLITE_OK) {
        sqlite_fail(sqlite, "bind a value", error);
        return NULL;
    }
    return *statement;
}

bool sqlite_run(struct sqlite_store *sqlite, sqlite3_stmt *statement, const char *what, struct error *error) {
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    if (!done) {
        sqlite_fail(sqlite, what, error);
    }
    sqlite3_reset(statement);
    return done;
}

bool sqlite_run_plain(struct store *store, enum statement which, const char *what, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), which, error);
    return statement != NULL && sqlite_run(of(store), statement, what, error);
}

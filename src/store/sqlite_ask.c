#include "store/sqlite_ask.h"

#include "store/sqlite_error.h"

#include <stdio.h>

bool sqlite_execute(sqlite3 *database, const char *path, const char *sql, const char *what,
                    struct error *error) {
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           sqlite_fail(database, path, what, error);
}

bool sqlite_ask(sqlite3 *database, const char *path, const char *sql, const char *what,
                char answer[SQLITE_ANSWER_BYTES], struct error *error) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        return sqlite_fail(database, path, what, error);
    }
    int step = sqlite3_step(statement);
    const char *text = step == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    snprintf(answer, SQLITE_ANSWER_BYTES, "%s", text == NULL ? "" : text);
    // A row comes before the statement's changes are committed, and that may still fail.
    while (step == SQLITE_ROW) {
        step = sqlite3_step(statement);
    }
    bool done = step == SQLITE_DONE || sqlite_fail(database, path, what, error);
    sqlite3_finalize(statement);
    return done;
}

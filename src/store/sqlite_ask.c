#include "store/sqlite_ask.h"

#include "store/sqlite_error.h"

#include <inttypes.h>
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

bool sqlite_each_draw(sqlite3 *database, const char *path, store_each_name each, void *context,
                      struct error *error) {
    char draw[SQLITE_ANSWER_BYTES] = "", sql[128];
    for (uint64_t place = 0;; place++) {
        snprintf(sql, sizeof sql, "SELECT draw FROM draws ORDER BY draw LIMIT 1 OFFSET %" PRIu64, place);
        if (!sqlite_ask(database, path, sql, "list its draws", draw, error)) {
            return false;
        }
        if (draw[0] == '\0') {
            return true;
        }
        if (!each(context, draw, error)) {
            return false;
        }
    }
}

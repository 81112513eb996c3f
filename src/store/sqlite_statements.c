#include "store/sqlite_statements.h"

#include "store/sql_texts.h"
#include "store/sqlite_error.h"

#define VOIDED_CHECKSUM SQL_VOIDED_CHECKSUM("?")

static const char *const texts[STATEMENTS] = {
    SQL_TEXTS("?"),
    [SQL_PUT_DRAW] = SQL_PUT_DRAW_TEXT("?", "", "", ""),
    [SQL_GET_DRAW] = SQL_GET_DRAW_TEXT("?", ", 0"),
    [SQL_ALL_DRAWS] = "SELECT " SQL_DRAW_COLUMNS ", 0, draw FROM draws ORDER BY draw",
    [SQL_PUT_AGENCY] = SQL_PUT_AGENCY_TEXT("?", ""),
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_INTEGRITY_CHECK] = "PRAGMA integrity_check",
    [STATEMENT_ONE_AGENCY] = "SELECT " SQL_AGENCY_COLUMNS " FROM agencies WHERE draw = ?1 AND agency = ?2",
    // A failure ends the whole group. Said so, SQLite keeps nothing by which it could undo this statement
    // alone: that would go into a temporary file (sqlite_setup.c).
    [STATEMENT_VOID] =
        "INSERT OR ROLLBACK INTO voided (draw, agency, voiding, first, count, digest, checksum, numbers, "
        "rows)"
        " SELECT draw, agency, ?3, first, count, digest, " VOIDED_CHECKSUM ", numbers, rows FROM chunks"
        " WHERE draw = ?1 AND agency = ?2",
    [STATEMENT_VOIDED_BETS] =
        "SELECT coalesce(sum(count), 0) FROM voided WHERE draw = ?1 AND agency = ?2 AND voiding = ?3",
    [STATEMENT_DROP_CHUNKS] = "DELETE FROM chunks WHERE draw = ?1 AND agency = ?2",
    [STATEMENT_ERASE_CHUNKS] = "DELETE FROM chunks WHERE draw = ?1",
    [STATEMENT_ERASE_VOIDED] = "DELETE FROM voided WHERE draw = ?1",
    [STATEMENT_ERASE_WINNERS] = "UPDATE winners SET document = '' WHERE draw = ?1",
    [STATEMENT_INBOX_ADD] = "INSERT INTO inbox (draw, id, digest, lines) VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_INBOX_DROP] = "DELETE FROM inbox WHERE draw = ?1 AND id BETWEEN ?2 AND ?3",
    [STATEMENT_INBOX_ALL] = "SELECT id, digest, lines FROM inbox WHERE draw = ?1 ORDER BY id",
    [STATEMENT_INBOX_NEXT] = "SELECT coalesce(max(id), 0) + 1 FROM inbox",
    [STATEMENT_INBOX_COUNT] = "REPLACE INTO inboxes (draw, rows, last, checksum) VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_INBOX_COUNTED] = "SELECT rows, last, checksum FROM inboxes WHERE draw = ?1",
};

static bool fail(const struct sqlite_statements *statements, const char *what, struct error *error) {
    return sqlite_fail(statements->database, statements->name, what, error);
}

sqlite3_stmt *sqlite_statements_prepare(struct sqlite_statements *statements, int which,
                                        struct error *error) {
    sqlite3_stmt **statement = &statements->prepared[which];
    if (*statement == NULL && sqlite3_prepare_v3(statements->database, texts[which], -1,
                                                 SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
        fail(statements, "prepare a statement", error);
        return NULL;
    }
    return *statement;
}

// Bound values are only read until the statement has been run.
static int bind_value(sqlite3_stmt *statement, int parameter, const struct sql_value *value) {
    switch (value->type) {
    case SQL_INTEGER:
        return sqlite3_bind_int64(statement, parameter, value->integer);
    case SQL_TEXT:
        return sqlite3_bind_text64(statement, parameter, value->bytes, value->length, SQLITE_STATIC,
                                   SQLITE_UTF8);
    default:
        return sqlite3_bind_blob64(statement, parameter, value->bytes, value->length, SQLITE_STATIC);
    }
}

// The statement with these values. Values without a parameter in its text are left out: nobody else changes
// this store, so the row to be replaced need not be checked.
static sqlite3_stmt *bind(struct sqlite_statements *statements, int which, const struct sql_values *values,
                          struct error *error) {
    sqlite3_stmt *statement = sqlite_statements_prepare(statements, which, error);
    int parameters = statement != NULL ? sqlite3_bind_parameter_count(statement) : 0;
    for (int i = 0; values != NULL && i < values->count && i < parameters; i++) {
        if (bind_value(statement, i + 1, &values->all[i]) != SQLITE_OK) {
            fail(statements, "bind a value", error);
            return NULL;
        }
    }
    return statement;
}

bool sqlite_statements_step(struct sqlite_statements *statements, sqlite3_stmt *statement, const char *what,
                            struct error *error) {
    bool done = sqlite3_step(statement) == SQLITE_DONE || fail(statements, what, error);
    sqlite3_reset(statement);
    return done;
}

bool sqlite_statements_run(struct sqlite_statements *statements, int which, const struct sql_values *values,
                           const char *what, struct error *error) {
    sqlite3_stmt *statement = bind(statements, which, values, error);
    return statement != NULL && sqlite_statements_step(statements, statement, what, error);
}

// Rows ----------------------------------------------------------------------------------------------------

static int64_t integer_of(void *row, int column) {
    return sqlite3_column_int64(row, column);
}

static const char *text_of(void *row, int column, size_t *length) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    *length = (size_t)sqlite3_column_bytes(row, column);
    return text;
}

static const void *bytes_of(void *row, int column, size_t *length) {
    const void *bytes = sqlite3_column_blob(row, column);
    *length = (size_t)sqlite3_column_bytes(row, column);
    return bytes;
}

bool sqlite_statements_query(struct sqlite_statements *statements, int which, const struct sql_values *values,
                             const struct sql_reader *reader, const char *what, struct error *error) {
    static const struct sql_columns columns = {integer_of, text_of, bytes_of};
    sqlite3_stmt *statement = bind(statements, which, values, error);
    if (statement == NULL) {
        return false;
    }
    struct sql_row row = {&columns, statement};
    int step;
    bool wanted = true;
    while (wanted && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        wanted = reader->take(reader, &row, error);
    }
    if (wanted && step != SQLITE_DONE) {
        wanted = fail(statements, what, error);
    }
    sqlite3_reset(statement);
    return wanted;
}

void sqlite_statements_finalize(struct sqlite_statements *statements) {
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(statements->prepared[i]);
        statements->prepared[i] = NULL;
    }
}

// The prepared statements of an SQLite store, and how they are run.
#ifndef QUINIELA_STORE_SQLITE_STATEMENTS_H
#define QUINIELA_STORE_SQLITE_STATEMENTS_H

#include "store/sql.h"

#include <sqlite3.h>

enum sqlite_statement {
    STATEMENT_BEGIN = SQL_STATEMENTS,
    STATEMENT_COMMIT,
    STATEMENT_ROLLBACK,
    STATEMENT_INTEGRITY_CHECK,
    STATEMENT_ONE_AGENCY,
    STATEMENT_VOID,
    STATEMENT_VOIDED_BETS,
    STATEMENT_DROP_CHUNKS,
    STATEMENT_ERASE_CHUNKS,
    STATEMENT_ERASE_VOIDED,
    STATEMENT_ERASE_WINNERS,
    STATEMENT_INBOX_ADD,
    STATEMENT_INBOX_DROP,
    STATEMENT_INBOX_ALL,
    STATEMENT_INBOX_NEXT,
    STATEMENT_INBOX_COUNT,
    STATEMENT_INBOX_COUNTED,
    STATEMENTS,
};

struct sqlite_statements {
    sqlite3 *database;
    const char *name; // of the database, for messages
    sqlite3_stmt *prepared[STATEMENTS];
};

// In all of these `what` is for the message: "cannot WHAT". ERROR_STORE_FAILED.

// The statement, ready to be bound; *statements keeps it. NULL when it cannot be prepared.
sqlite3_stmt *sqlite_statements_prepare(struct sqlite_statements *statements, int which, struct error *error);

// Runs a prepared statement that returns no row.
bool sqlite_statements_step(struct sqlite_statements *statements, sqlite3_stmt *statement, const char *what,
                            struct error *error) MUST_CHECK;

// Runs a statement that returns no row, with these values (NULL: none).
bool sqlite_statements_run(struct sqlite_statements *statements, int which, const struct sql_values *values,
                           const char *what, struct error *error) MUST_CHECK;

// Hands each row to `reader`, until it returns false or the last one is read.
bool sqlite_statements_query(struct sqlite_statements *statements, int which, const struct sql_values *values,
                             const struct sql_reader *reader, const char *what,
                             struct error *error) MUST_CHECK;

// Frees the prepared statements, before the database is closed.
void sqlite_statements_finalize(struct sqlite_statements *statements);

#endif

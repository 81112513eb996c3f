// The PostgreSQL store's statements, and the form in which values travel: binary.
#ifndef QUINIELA_STORE_POSTGRES_STATEMENTS_H
#define QUINIELA_STORE_POSTGRES_STATEMENTS_H

#include "store/postgres_session.h"
#include "store/sql.h"

enum postgres_statement {
    POSTGRES_NUMBER = SQL_STATEMENTS,
    POSTGRES_FREE_NUMBER,
    POSTGRES_ORPHANS,
    POSTGRES_TOTAL_AGENCIES,
    POSTGRES_COUNT_PAPERS,
    POSTGRES_SOME_AGENCIES,
    POSTGRES_LOCK_AGENCIES,
    POSTGRES_COUNT_FINISHED,
    POSTGRES_FINISHED_COUNT,
    POSTGRES_FINISHED_ROWS,
    POSTGRES_LOCK_DRAW,
    POSTGRES_HOLD_DRAW,
    POSTGRES_NOW,
    POSTGRES_CONFIRM,
    POSTGRES_CLAIM_DRAW,
    POSTGRES_VOID_AGENCY,
    POSTGRES_ERASE,
    POSTGRES_STATEMENTS,
};

// Sends a statement, without a name: a named one lives in the session, and through a pooler each transaction
// may get another session. `what` is for the message: "cannot WHAT". ERROR_STORE_AWAY.
bool postgres_send(struct postgres_session *session, int which, const struct sql_values *values,
                   const char *what, struct error *error) MUST_CHECK;

// How to read a row of an answer (a PGresult that has only this row).
extern const struct sql_columns postgres_columns;

#endif

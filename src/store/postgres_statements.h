// What the PostgreSQL store says to its database, and how values travel: in binary.
#ifndef QUINIELA_STORE_POSTGRES_STATEMENTS_H
#define QUINIELA_STORE_POSTGRES_STATEMENTS_H

#include "store/postgres_session.h"
#include "store/sql.h"

enum postgres_statement {
    POSTGRES_ONE_AGENCY = SQL_STATEMENTS,
    POSTGRES_LOCK_AGENCIES,
    POSTGRES_COUNT_FINISHED,
    POSTGRES_FINISHED_COUNT,
    POSTGRES_FINISHED_ROWS,
    POSTGRES_LOCK_DRAW,
    POSTGRES_HOLD_DRAW,
    POSTGRES_CONFIRM,
    POSTGRES_CLAIM_DRAW,
    POSTGRES_STATEMENTS,
};

// Sends a statement, without a name: one with a name lives in the session, which behind a pooler is another
// one with each transaction. `what` is for the message: "cannot WHAT". ERROR_STORE_AWAY.
bool postgres_send(struct postgres_session *session, int which, const struct sql_values *values,
                   const char *what, struct error *error) MUST_CHECK;

// How a row of an answer (a PGresult, whose only row it is) is read.
extern const struct sql_columns postgres_columns;

#endif

#include "store/postgres_ask.h"

// The last result of what was sent. NULL when the connection is lost.
static PGresult *last_result(struct postgres_link *link, struct error *error) {
    PGresult *last = NULL;
    for (;;) {
        PGresult *result = NULL;
        if (!postgres_link_result(link, &result, error)) {
            PQclear(last);
            return NULL;
        }
        if (result == NULL) {
            return last;
        }
        PQclear(last);
        last = result;
    }
}

PGresult *postgres_ask(struct postgres_link *link, const char *sql, int count, const char *const *values,
                       const char *what, struct error *error) {
    if (PQsendQueryParams(link->connection, sql, count, NULL, values, NULL, NULL, 0) != 1) {
        postgres_link_lost(link, what, error);
        return NULL;
    }
    PGresult *answer = last_result(link, error);
    ExecStatusType status = PQresultStatus(answer);
    if (answer != NULL && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        postgres_link_fail(link, answer, what, error);
        PQclear(answer);
        return NULL;
    }
    return answer;
}

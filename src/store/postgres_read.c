#include "store/postgres_read.h"

#include "store/postgres_group.h"

// A reader that stops early must not wait for the remaining rows.
static void cancel(struct postgres_session *session) {
    char ignored[256];
    PGcancel *cancel = PQgetCancel(session->link.connection);
    if (cancel != NULL) {
        (void)PQcancel(cancel, ignored, sizeof ignored); // on failure they are read after all
        PQfreeCancel(cancel);
    }
}

static bool take(const struct sql_reader *reader, PGresult *result, struct error *error) {
    struct sql_row row = {&postgres_columns, result};
    return reader->take(reader, &row, error);
}

// Row by row, so that memory does not grow with the answer.
static bool each_row(struct postgres_session *session, const struct sql_reader *reader, struct error *error) {
    bool wanted = true;
    PQsetSingleRowMode(session->link.connection);
    for (;;) {
        PGresult *result;
        struct error later;
        if (!postgres_link_result(&session->link, &result, wanted ? error : &later)) {
            return false;
        }
        if (result == NULL) {
            return wanted;
        }
        ExecStatusType status = PQresultStatus(result);
        if (wanted && status == PGRES_SINGLE_TUPLE) {
            wanted = take(reader, result, error);
            if (!wanted) {
                cancel(session);
            }
        } else if (wanted && status != PGRES_TUPLES_OK) {
            wanted = postgres_link_fail(&session->link, result, "read", error);
        }
        PQclear(result);
    }
}

// In a transaction of its own, if there is none.
static bool query_alone(struct postgres_session *session, int which, const struct sql_values *values,
                        const struct sql_reader *reader, struct error *error) {
    return postgres_session_read(session, "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", error) &&
           postgres_send(session, which, values, "read", error) && each_row(session, reader, error) &&
           postgres_link_execute(&session->link, "COMMIT", "read", NULL, error);
}

// Within a group the pipeline is left while reading; the transaction continues.
bool postgres_query(struct postgres_session *session, int which, const struct sql_values *values,
                    const struct sql_reader *reader, struct error *error) {
    bool in_group;
    if (!postgres_group_pause(session, &in_group, error)) {
        return false;
    }
    if (!in_group && !session->in_snapshot) {
        return query_alone(session, which, values, reader, error);
    }
    return postgres_send(session, which, values, "read", error) && each_row(session, reader, error) &&
           postgres_group_resume(session, in_group, error);
}

bool postgres_begin_snapshot(struct postgres_session *session, struct error *error) {
    if (!postgres_end_snapshot(session, error)) {
        return false;
    }
    session->in_snapshot =
        postgres_session_read(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
    return session->in_snapshot;
}

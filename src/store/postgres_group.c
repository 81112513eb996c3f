#include "store/postgres_group.h"

#include "bet/errors.h"

#include <stdio.h>
#include <string.h>

enum { UNREAD_MAX = 128, TAG_BYTES = 16 };

// Results -------------------------------------------------------------------------------------------------

static bool is_answer(const PGresult *result) {
    return strcmp(PQfname(result, 0), POSTGRES_ANSWER) == 0;
}

// Whether a statement of a group did its job. If it puts a row and changes none, or looks for a row read
// earlier and finds none, another server has changed that row.
static bool check_result(const struct postgres_session *session, const PGresult *result,
                         struct error *error) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_SINGLE_TUPLE) { // libpq may continue row by row after a query: the end comes, too
        return !is_answer(result) || postgres_session_check(session, result, error);
    }
    if (status == PGRES_TUPLES_OK && is_answer(result) && PQntuples(result) > 0) {
        return postgres_session_check(session, result, error);
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        return postgres_link_fail(&session->link, result, "store", error);
    }
    return strcmp(PQcmdTuples((PGresult *)result), "0") != 0 ||
           error_set(error, ERROR_STORE_STALE, "%s: another server has changed a row", session->link.place);
}

// Reads every result of the pipeline. *last gets the tag of the last statement ("COMMIT"). False when any of
// them failed; `error` gets the first failure.
static bool read_pipeline(struct postgres_session *session, char last[TAG_BYTES], struct error *error) {
    struct postgres_link *link = &session->link;
    if (PQpipelineSync(link->connection) != 1) {
        return postgres_link_lost(link, "send", error);
    }
    bool good = true;
    for (;;) {
        PGresult *result;
        struct error later;
        if (!postgres_link_result(link, &result, good ? error : &later)) {
            return false;
        }
        if (result == NULL) { // the end of one statement's results
            if (PQstatus(link->connection) == CONNECTION_BAD) {
                return good ? postgres_link_lost(link, "store", error) : false;
            }
            continue;
        }
        bool end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (!end && good) {
            good = check_result(session, result, error);
            snprintf(last, TAG_BYTES, "%s", PQcmdStatus(result));
        }
        PQclear(result);
        if (end) {
            session->unread = 0;
            return good;
        }
    }
}

// The pipeline --------------------------------------------------------------------------------------------

static bool send_plain(struct postgres_session *session, const char *sql, const char *what,
                       struct error *error) {
    session->parsed = -1;
    return PQsendQueryParams(session->link.connection, sql, 0, NULL, NULL, NULL, NULL, 0) == 1 ||
           postgres_link_lost(&session->link, what, error);
}

static bool enter_pipeline(struct postgres_session *session, const char *what, struct error *error) {
    return PQenterPipelineMode(session->link.connection) == 1 ||
           postgres_link_lost(&session->link, what, error);
}

// Back to one statement at a time, after everything has been read.
static bool leave_pipeline(struct postgres_session *session, struct error *error) {
    return PQexitPipelineMode(session->link.connection) == 1 ||
           postgres_link_lost(&session->link, "end a group", error);
}

bool postgres_group_pause(struct postgres_session *session, bool *in_group, struct error *error) {
    char ignored[TAG_BYTES];
    *in_group = PQpipelineStatus(session->link.connection) != PQ_PIPELINE_OFF;
    return !*in_group || (read_pipeline(session, ignored, error) && leave_pipeline(session, error));
}

bool postgres_group_resume(struct postgres_session *session, bool in_group, struct error *error) {
    return !in_group || enter_pipeline(session, "read", error);
}

// Groups --------------------------------------------------------------------------------------------------

bool postgres_end_snapshot(struct postgres_session *session, struct error *error) {
    if (!session->in_snapshot) {
        return true;
    }
    session->in_snapshot = false;
    return postgres_link_execute(&session->link, "COMMIT", "read", NULL, error);
}

bool postgres_group_begin(struct postgres_session *session, struct error *error) {
    session->link.warned = false;
    session->unread = 2;
    return postgres_end_snapshot(session, error) && enter_pipeline(session, "begin", error) &&
           send_plain(session, "BEGIN ISOLATION LEVEL READ COMMITTED", "begin", error) &&
           send_plain(session, session->settings, "begin", error);
}

bool postgres_group_add(struct postgres_session *session, int which, const struct sql_values *values,
                        const char *what, struct error *error) {
    char ignored[TAG_BYTES];
    if (!postgres_send(session, which, values, what, error)) {
        return false;
    }
    // Read now and then, so that the database never blocks on unread answers.
    return ++session->unread < UNREAD_MAX || read_pipeline(session, ignored, error);
}

// A COMMIT of a failed transaction returns ROLLBACK. If its wait for a standby was cancelled it succeeds
// with a warning, though the standby may not have the data. Neither is a commit.
bool postgres_group_commit(struct postgres_session *session, struct error *error) {
    char last[TAG_BYTES] = "";
    if (!send_plain(session, postgres_question, "commit", error) ||
        !send_plain(session, "COMMIT", "commit", error) || !read_pipeline(session, last, error)) {
        return false;
    }
    if (session->link.warned || strcmp(last, "COMMIT") != 0) {
        return error_set(error, ERROR_STORE_FAILED, "%s: cannot commit: %s", session->link.place,
                         session->link.warned ? session->link.warning : "the database rolled it back");
    }
    return leave_pipeline(session, error);
}

bool postgres_group_drop(struct postgres_session *session) {
    struct error ignored;
    char last[TAG_BYTES];
    bool in_pipeline = PQpipelineStatus(session->link.connection) != PQ_PIPELINE_OFF;
    if (in_pipeline && session->unread > 0) {
        (void)read_pipeline(session, last, &ignored); // its statements are known to have failed
    }
    return (!in_pipeline || leave_pipeline(session, &ignored)) &&
           postgres_link_execute(&session->link, "ROLLBACK", "roll back", NULL, &ignored);
}

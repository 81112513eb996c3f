// A group of the PostgreSQL store: one transaction, which travels as a pipeline, so that a commit of many
// chunks costs one round trip.
#include "bet/errors.h"
#include "store/postgres_schema.h"
#include "store/postgres_store.h"

#include <stdio.h>
#include <string.h>

enum { UNREAD_MAX = 128 };

// Whether a statement of a group did what it should. One that puts a row and changes none, or looks for one
// that it read and finds none, has met a row that another server has changed.
static bool check_result(struct postgres_store *postgres, PGresult *result, struct error *error) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_SINGLE_TUPLE) { // libpq may go on row by row behind a query: the end comes, too
        return strcmp(PQfname(result, 0), "synchronous_commit") != 0 ||
               postgres_check_answer(postgres, result, error);
    }
    if (status == PGRES_TUPLES_OK && strcmp(PQfname(result, 0), "synchronous_commit") == 0 &&
        PQntuples(result) > 0) {
        return postgres_check_answer(postgres, result, error);
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        return postgres_link_fail(&postgres->link, result, "store", error);
    }
    return strcmp(PQcmdTuples(result), "0") != 0 ||
           error_set(error, ERROR_STORE_STALE, "%s: another server has changed a row", postgres->link.place);
}

// Reads every result of the pipeline. *last gets the tag of the last statement ("COMMIT"). False when any of
// them failed; the first failure is told.
static bool read_pipeline(struct postgres_store *postgres, char last[16], struct error *error) {
    struct postgres_link *link = &postgres->link;
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
            good = check_result(postgres, result, error);
            snprintf(last, 16, "%s", PQcmdStatus(result));
        }
        PQclear(result);
        if (end) {
            postgres->unread = 0;
            return good;
        }
    }
}

static bool add_to_group(struct store *store, enum statement which, const struct parameters *parameters,
                         const char *what, struct error *error) {
    struct postgres_store *postgres = of(store);
    char ignored[16];
    if (!postgres_send(postgres, which, parameters, what, error)) {
        return false;
    }
    // Read now and then, so that the database is never stuck with answers that nobody takes.
    return ++postgres->unread < UNREAD_MAX || read_pipeline(postgres, ignored, error);
}

bool postgres_end_snapshot(struct postgres_store *postgres, struct error *error) {
    if (!postgres->in_snapshot) {
        return true;
    }
    postgres->in_snapshot = false;
    return postgres_link_execute(&postgres->link, "COMMIT", "read", NULL, error);
}

static bool send_plain(struct postgres_store *postgres, const char *sql, const char *what,
                       struct error *error) {
    postgres->parsed = -1;
    return PQsendQueryParams(postgres->link.connection, sql, 0, NULL, NULL, NULL, NULL, 0) == 1 ||
           postgres_link_lost(&postgres->link, what, error);
}

bool postgres_begin(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    postgres->link.warned = postgres->draw_changed = false;
    postgres->unread = 2;
    return postgres_end_snapshot(postgres, error) &&
           (PQenterPipelineMode(postgres->link.connection) == 1 ||
            postgres_link_lost(&postgres->link, "begin", error)) &&
           send_plain(postgres, "BEGIN ISOLATION LEVEL READ COMMITTED", "begin", error) &&
           send_plain(postgres, postgres->settings, "begin", error);
}

// Back to one statement at a time; everything has been read.
static bool leave_pipeline(struct postgres_store *postgres, struct error *error) {
    return PQexitPipelineMode(postgres->link.connection) == 1 ||
           postgres_link_lost(&postgres->link, "end a group", error);
}

bool postgres_pause_group(struct postgres_store *postgres, bool *in_group, struct error *error) {
    char ignored[16];
    *in_group = PQpipelineStatus(postgres->link.connection) != PQ_PIPELINE_OFF;
    return !*in_group || (read_pipeline(postgres, ignored, error) && leave_pipeline(postgres, error));
}

bool postgres_resume_group(struct postgres_store *postgres, bool in_group, struct error *error) {
    return !in_group || PQenterPipelineMode(postgres->link.connection) == 1 ||
           postgres_link_lost(&postgres->link, "read", error);
}

// The other servers look at the draw when they hear of it, and each second all the same: that this may fail
// does not matter.
static void tell_others(struct postgres_store *postgres) {
    struct error ignored;
    if (postgres->draw_changed) {
        postgres->draw_changed =
            !postgres_link_execute(&postgres->link, "NOTIFY " POSTGRES_CHANNEL, "notify", NULL, &ignored);
    }
}

// A COMMIT of a transaction that failed before says ROLLBACK; and one whose wait for a standby was cancelled
// succeeds with a warning, though the standby may not have it. Neither is a commit.
bool postgres_commit(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    char last[16] = "";
    if (!send_plain(postgres, postgres_question, "commit", error) ||
        !send_plain(postgres, "COMMIT", "commit", error) || !read_pipeline(postgres, last, error)) {
        return false;
    }
    if (postgres->link.warned || strcmp(last, "COMMIT") != 0) {
        return error_set(error, ERROR_STORE_FAILED, "%s: cannot commit: %s", postgres->link.place,
                         postgres->link.warned ? postgres->link.warning : "the database rolled it back");
    }
    if (!leave_pipeline(postgres, error)) {
        return false;
    }
    tell_others(postgres);
    return true;
}

// Whatever goes wrong here ends the connection, and with it the transaction.
void postgres_rollback(struct store *store) {
    struct postgres_store *postgres = of(store);
    struct error error;
    char ignored[16];
    bool in_pipeline = PQpipelineStatus(postgres->link.connection) != PQ_PIPELINE_OFF;
    if (store->failed) {
        postgres_link_close(&postgres->link);
        return;
    }
    if (in_pipeline && postgres->unread > 0) {
        (void)read_pipeline(postgres, ignored, &error); // its statements have failed, as is known
    }
    if ((in_pipeline && !leave_pipeline(postgres, &error)) ||
        !postgres_link_execute(&postgres->link, "ROLLBACK", "roll back", NULL, &error)) {
        store->failed = true;
        postgres_link_close(&postgres->link);
    }
}

// Writing -------------------------------------------------------------------------------------------------

bool postgres_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    struct parameters parameters = parameters_of(of(store));
    bind_text(&parameters, draw_state_name(draw->state));
    bind_integer(&parameters, draw->agencies);
    bind_integer(&parameters, draw->winning_number);
    bind_text(&parameters, draw->opened_at);
    bind_text(&parameters, draw->sealed_at);
    bind_text(&parameters, draw->drawn_at);
    bind_integer(&parameters, (int64_t)draw->winners_checksum);
    bind_integer(&parameters, (int64_t)draw->checksum);
    bind_integer(&parameters, (int64_t)draw->replaces);
    of(store)->draw_changed = true;
    return add_to_group(store, PUT_DRAW, &parameters, "store the draw", error);
}

bool postgres_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, agency->agency);
    bind_integer(&parameters, (int64_t)agency->bets);
    bind_text(&parameters, agency->finished_at);
    bind_text(&parameters, agency->told_at);
    bind_integer(&parameters, (int64_t)agency->checksum);
    bind_integer(&parameters, (int64_t)agency->replaces);
    return add_to_group(store, PUT_AGENCY, &parameters, "store an agency", error);
}

bool postgres_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, chunk->agency);
    bind_integer(&parameters, (int64_t)chunk->first);
    bind_integer(&parameters, chunk->count);
    bind_bytes(&parameters, chunk->digest, STORE_DIGEST_BYTES);
    bind_integer(&parameters, (int64_t)chunk->checksum);
    bind_bytes(&parameters, chunk->numbers, (size_t)chunk->count * 2);
    bind_bytes(&parameters, chunk->rows, chunk->rows_length);
    return add_to_group(store, ADD_CHUNK, &parameters, "store a chunk", error);
}

bool postgres_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, winner->agency);
    bind_integer(&parameters, (int64_t)winner->bet);
    bind_text(&parameters, winner->document);
    return add_to_group(store, ADD_WINNER, &parameters, "store a winner", error);
}

bool postgres_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) {
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, (int64_t)draw_checksum);
    return add_to_group(store, HOLD_DRAW, &parameters, "hold the draw", error);
}

bool postgres_confirm(struct store *store, struct error *error) {
    struct parameters parameters = parameters_of(of(store));
    return add_to_group(store, CONFIRM, &parameters, "confirm", error);
}

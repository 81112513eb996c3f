// The store that several servers can share: PostgreSQL through libpq. A group travels as a pipeline, so a
// commit of many chunks costs one round trip; every value travels in binary.
#include "store/store.h"

#include "base/limits.h"
#include "base/log.h"
#include "store/postgres_link.h"
#include "store/postgres_schema.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 10, UNREAD_MAX = 128 };

// PostgreSQL's numbers for its types (its file catalog/pg_type.dat).
enum { TYPE_BYTES = 17, TYPE_INTEGER = 20, TYPE_TEXT = 25 };

enum statement {
    PUT_DRAW,
    PUT_AGENCY,
    ADD_CHUNK,
    ADD_WINNER,
    GET_DRAW,
    ONE_AGENCY,
    ALL_AGENCIES,
    LOCK_AGENCIES,
    COUNT_FINISHED,
    FINISHED_COUNT,
    FINISHED_ROWS,
    CONFIRM,
    CLAIM_DRAW,
    ALL_NUMBERS,
    ALL_CHUNKS,
    SOME_CHUNKS,
    ALL_WINNERS,
    STATEMENTS,
};

struct statement_text {
    const char *sql;
    const char *types; // of the parameters: t(ext), i(nteger), b(ytes)
};

// $1 is the draw in all of them. A row is replaced only when it is the one that was read: its checksum says
// so. draws.finished counts the agencies that have finished, under the lock of the row, so that the last one
// is known whichever server it comes to.
static const struct statement_text statement_texts[STATEMENTS] = {
    [PUT_DRAW] = {"INSERT INTO draws (draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
                  " winners_checksum, checksum)"
                  " VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, $9)"
                  " ON CONFLICT (draw) DO UPDATE SET state = $2, agencies = $3, winning_number = $4,"
                  " opened_at = $5, sealed_at = nullif($6, ''), drawn_at = nullif($7, ''),"
                  " winners_checksum = $8, checksum = $9 WHERE draws.checksum = $10",
                  "ttiitttiii"},
    [PUT_AGENCY] = {"INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum)"
                    " VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6)"
                    " ON CONFLICT (draw, agency) DO UPDATE SET bets = $3, finished_at = nullif($4, ''),"
                    " told_at = nullif($5, ''), checksum = $6 WHERE agencies.checksum = $7",
                    "tiittii"},
    [ADD_CHUNK] = {"INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   "tiiibibt"},
    [ADD_WINNER] = {"INSERT INTO winners (draw, agency, bet, document) VALUES ($1, $2, $3, $4)", "tiit"},
    [GET_DRAW] = {"SELECT state, agencies, winning_number, opened_at, sealed_at, drawn_at, winners_checksum,"
                  " checksum FROM draws WHERE draw = $1",
                  "t"},
    [ONE_AGENCY] = {"SELECT agency, bets, finished_at, told_at, checksum FROM agencies WHERE draw = $1"
                    " AND agency = $2",
                    "ti"},
    [COUNT_FINISHED] = {"UPDATE draws SET finished = finished + $3 WHERE draw = $1 AND checksum = $2"
                        " RETURNING finished, agencies",
                        "tii"},
    [FINISHED_COUNT] = {"SELECT finished FROM draws WHERE draw = $1", "t"},
    [FINISHED_ROWS] = {"SELECT count(finished_at) FROM agencies WHERE draw = $1", "t"},
    [CONFIRM] = {"UPDATE quiniela_schema SET version = version WHERE $1 <> ''", "t"},
    [CLAIM_DRAW] = {"SELECT 1::BIGINT FROM draws WHERE draw = $1 AND state = 'sealed'"
                    " FOR UPDATE SKIP LOCKED",
                    "t"},
    [ALL_AGENCIES] = {"SELECT agency, bets, finished_at, told_at, checksum FROM agencies WHERE draw = $1"
                      " ORDER BY agency",
                      "t"},
    // By number, so that two servers never wait for each other.
    [LOCK_AGENCIES] = {"SELECT agency, bets, finished_at, told_at, checksum FROM agencies WHERE draw = $1"
                       " AND agency = ANY (CAST($2 AS BIGINT[])) ORDER BY agency FOR UPDATE",
                       "tt"},
    [ALL_NUMBERS] = {"SELECT agency, first, count, digest, checksum, numbers FROM chunks WHERE draw = $1"
                     " ORDER BY agency, first",
                     "t"},
    [ALL_CHUNKS] = {"SELECT agency, first, count, digest, checksum, numbers, rows FROM chunks"
                    " WHERE draw = $1 AND $2 < $3 AND first < $3 AND first + count > $2"
                    " ORDER BY agency, first",
                    "tii"},
    [SOME_CHUNKS] = {"SELECT agency, first, count, digest, checksum, numbers, rows FROM chunks"
                     " WHERE draw = $1 AND agency = $4 AND first < $3 AND first >= coalesce("
                     "  (SELECT max(first) FROM chunks WHERE draw = $1 AND agency = $4 AND first <= $2), 0)"
                     " AND $2 < $3 AND first + count > $2" // that one may end before, or the range be empty
                     " ORDER BY first",
                     "tiii"},
    [ALL_WINNERS] = {"SELECT agency, bet, document FROM winners WHERE draw = $1 ORDER BY agency, bet", "t"},
};

struct postgres_store {
    struct store store; // first, so that a pointer to the one is a pointer to the other
    struct postgres_link link;
    char draw[DRAW_NAME_BYTES_MAX + 1];
    int unread;        // statements of the pipeline whose results have not been read
    bool draw_changed; // in the open group
    bool in_snapshot;  // a transaction of its own, for reading
};

static struct postgres_store *of(struct store *store) {
    return (struct postgres_store *)store;
}

// Values --------------------------------------------------------------------------------------------------

struct parameters {
    int count;
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
    int64_t integers[PARAMETERS_MAX]; // big-endian, where values points to
};

static void bind_bytes(struct parameters *parameters, const void *bytes, size_t length) {
    assert(parameters->count < PARAMETERS_MAX);
    parameters->values[parameters->count] = bytes;
    parameters->lengths[parameters->count++] = (int)length;
}

static void bind_text(struct parameters *parameters, const char *text) {
    bind_bytes(parameters, text, strlen(text));
}

static void bind_integer(struct parameters *parameters, int64_t value) {
    int64_t *place = &parameters->integers[parameters->count];
    *place = (int64_t)htobe64((uint64_t)value);
    bind_bytes(parameters, place, sizeof *place);
}

static struct parameters begin_parameters(struct postgres_store *postgres) {
    struct parameters parameters = {0};
    bind_text(&parameters, postgres->draw);
    return parameters;
}

static int64_t read_integer(const PGresult *result, int row, int column) {
    uint64_t value = 0;
    if (PQgetlength(result, row, column) == (int)sizeof value) {
        memcpy(&value, PQgetvalue(result, row, column), sizeof value);
    }
    return (int64_t)be64toh(value);
}

static void read_time(const PGresult *result, int row, int column, char time[STORE_TIME_BYTES]) {
    snprintf(time, STORE_TIME_BYTES, "%s", PQgetvalue(result, row, column)); // "" where it is NULL
}

static void statement_name(enum statement which, char name[16]) {
    snprintf(name, 16, "s%d", (int)which);
}

static bool send(struct postgres_store *postgres, enum statement which, const struct parameters *parameters,
                 const char *what, struct error *error) {
    static const int binary[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    char name[16];
    statement_name(which, name);
    return PQsendQueryPrepared(postgres->link.connection, name, parameters->count, parameters->values,
                               parameters->lengths, binary, 1) == 1 ||
           postgres_link_lost(&postgres->link, what, error);
}

// Groups --------------------------------------------------------------------------------------------------

// Whether a statement of a group did what it should. One that puts a row and changes none has met a row that
// another server has changed.
static bool check_result(struct postgres_store *postgres, PGresult *result, struct error *error) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
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
    if (!send(postgres, which, parameters, what, error)) {
        return false;
    }
    // Read now and then, so that the database is never stuck with answers that nobody takes.
    return ++postgres->unread < UNREAD_MAX || read_pipeline(postgres, ignored, error);
}

static bool end_snapshot(struct postgres_store *postgres, struct error *error) {
    if (!postgres->in_snapshot) {
        return true;
    }
    postgres->in_snapshot = false;
    return postgres_link_execute(&postgres->link, "COMMIT", "read", NULL, error);
}

static bool send_plain(struct postgres_store *postgres, const char *sql, const char *what,
                       struct error *error) {
    return PQsendQueryParams(postgres->link.connection, sql, 0, NULL, NULL, NULL, NULL, 0) == 1 ||
           postgres_link_lost(&postgres->link, what, error);
}

static bool postgres_begin(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    postgres->link.warned = postgres->draw_changed = false;
    postgres->unread = 1;
    return end_snapshot(postgres, error) &&
           (PQenterPipelineMode(postgres->link.connection) == 1 ||
            postgres_link_lost(&postgres->link, "begin", error)) &&
           send_plain(postgres, "BEGIN", "begin", error);
}

// Back to one statement at a time; everything has been read.
static bool leave_pipeline(struct postgres_store *postgres, struct error *error) {
    return PQexitPipelineMode(postgres->link.connection) == 1 ||
           postgres_link_lost(&postgres->link, "end a group", error);
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
static bool postgres_commit(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    char last[16] = "";
    if (!send_plain(postgres, "COMMIT", "commit", error) || !read_pipeline(postgres, last, error)) {
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
static void postgres_rollback(struct store *store) {
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

static bool postgres_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    struct parameters parameters = begin_parameters(of(store));
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

static bool postgres_put_agency(struct store *store, const struct stored_agency *agency,
                                struct error *error) {
    struct parameters parameters = begin_parameters(of(store));
    bind_integer(&parameters, agency->agency);
    bind_integer(&parameters, (int64_t)agency->bets);
    bind_text(&parameters, agency->finished_at);
    bind_text(&parameters, agency->told_at);
    bind_integer(&parameters, (int64_t)agency->checksum);
    bind_integer(&parameters, (int64_t)agency->replaces);
    return add_to_group(store, PUT_AGENCY, &parameters, "store an agency", error);
}

static bool postgres_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    struct parameters parameters = begin_parameters(of(store));
    bind_integer(&parameters, chunk->agency);
    bind_integer(&parameters, (int64_t)chunk->first);
    bind_integer(&parameters, chunk->count);
    bind_bytes(&parameters, chunk->digest, STORE_DIGEST_BYTES);
    bind_integer(&parameters, (int64_t)chunk->checksum);
    bind_bytes(&parameters, chunk->numbers, (size_t)chunk->count * 2);
    bind_bytes(&parameters, chunk->rows, chunk->rows_length);
    return add_to_group(store, ADD_CHUNK, &parameters, "store a chunk", error);
}

static bool postgres_add_winner(struct store *store, const struct stored_winner *winner,
                                struct error *error) {
    struct parameters parameters = begin_parameters(of(store));
    bind_integer(&parameters, winner->agency);
    bind_integer(&parameters, (int64_t)winner->bet);
    bind_text(&parameters, winner->document);
    return add_to_group(store, ADD_WINNER, &parameters, "store a winner", error);
}

static bool postgres_confirm(struct store *store, struct error *error) {
    struct parameters parameters = begin_parameters(of(store));
    return add_to_group(store, CONFIRM, &parameters, "confirm", error);
}

// Reading -------------------------------------------------------------------------------------------------

typedef bool (*read_row)(const PGresult *result, int row, void *context, struct error *error);

// A reader that has had enough must not wait for rows that it does not want.
static void cancel(struct postgres_store *postgres) {
    char ignored[256];
    PGcancel *cancel = PQgetCancel(postgres->link.connection);
    if (cancel != NULL) {
        (void)PQcancel(cancel, ignored, sizeof ignored); // then they are read after all
        PQfreeCancel(cancel);
    }
}

// Row by row, so that memory does not grow with the answer.
static bool each_row(struct postgres_store *postgres, read_row read, void *context, struct error *error) {
    bool wanted = true;
    PQsetSingleRowMode(postgres->link.connection);
    for (;;) {
        PGresult *result;
        struct error later;
        if (!postgres_link_result(&postgres->link, &result, wanted ? error : &later)) {
            return false;
        }
        if (result == NULL) {
            return wanted;
        }
        ExecStatusType status = PQresultStatus(result);
        if (wanted && status == PGRES_SINGLE_TUPLE) {
            wanted = read(result, 0, context, error);
            if (!wanted) {
                cancel(postgres);
            }
        } else if (wanted && status != PGRES_TUPLES_OK) {
            wanted = postgres_link_fail(&postgres->link, result, "read", error);
        }
        PQclear(result);
    }
}

// Within a group the pipeline is left for as long as the reading takes; the transaction goes on.
static bool query(struct store *store, enum statement which, const struct parameters *parameters,
                  read_row read, void *context, struct error *error) {
    struct postgres_store *postgres = of(store);
    char ignored[16];
    bool in_group = PQpipelineStatus(postgres->link.connection) != PQ_PIPELINE_OFF;
    if (in_group && (!read_pipeline(postgres, ignored, error) || !leave_pipeline(postgres, error))) {
        return false;
    }
    if (!send(postgres, which, parameters, "read", error) || !each_row(postgres, read, context, error)) {
        return false;
    }
    return !in_group || PQenterPipelineMode(postgres->link.connection) == 1 ||
           postgres_link_lost(&postgres->link, "read", error);
}

struct draw_reading {
    struct stored_draw *draw;
    bool *found;
};

static bool read_draw(const PGresult *result, int row, void *context, struct error *error) {
    struct draw_reading *reading = context;
    struct stored_draw *draw = reading->draw;
    const char *state = PQgetvalue(result, row, 0);
    *reading->found = true;
    for (draw->state = DRAW_OPEN; draw->state <= DRAW_DRAWN; draw->state++) {
        if (strcmp(state, draw_state_name(draw->state)) == 0) {
            break;
        }
    }
    if (draw->state > DRAW_DRAWN) {
        return error_set(error, ERROR_STORE_FAILED, "the draw's stored state \"%s\" is none", state);
    }
    draw->agencies = (uint32_t)read_integer(result, row, 1);
    draw->winning_number = (uint16_t)read_integer(result, row, 2);
    read_time(result, row, 3, draw->opened_at);
    read_time(result, row, 4, draw->sealed_at);
    read_time(result, row, 5, draw->drawn_at);
    draw->winners_checksum = (uint64_t)read_integer(result, row, 6);
    draw->checksum = (uint64_t)read_integer(result, row, 7);
    return true;
}

static bool postgres_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                              struct error *error) {
    struct draw_reading reading = {draw, found};
    struct parameters parameters = begin_parameters(of(store));
    *found = false;
    return query(store, GET_DRAW, &parameters, read_draw, &reading, error);
}

struct agency_reading {
    store_each_agency each;
    void *context;
};

static bool read_agency(const PGresult *result, int row, void *context, struct error *error) {
    struct agency_reading *reading = context;
    struct stored_agency agency = {
        .agency = (uint32_t)read_integer(result, row, 0),
        .bets = (uint64_t)read_integer(result, row, 1),
    };
    read_time(result, row, 2, agency.finished_at);
    read_time(result, row, 3, agency.told_at);
    agency.checksum = (uint64_t)read_integer(result, row, 4);
    return reading->each(reading->context, &agency, error);
}

static bool postgres_agencies(struct store *store, store_each_agency each, void *context,
                              struct error *error) {
    struct agency_reading reading = {each, context};
    struct parameters parameters = begin_parameters(of(store));
    return query(store, ALL_AGENCIES, &parameters, read_agency, &reading, error);
}

static bool keep_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    *(struct stored_agency *)context = *agency;
    return true;
}

static bool postgres_get_agency(struct store *store, uint32_t number, struct stored_agency *agency,
                                bool *found, struct error *error) {
    struct agency_reading reading = {keep_agency, agency};
    struct parameters parameters = begin_parameters(of(store));
    bind_integer(&parameters, number);
    *agency = (struct stored_agency){0};
    if (!end_snapshot(of(store), error) ||
        !query(store, ONE_AGENCY, &parameters, read_agency, &reading, error)) {
        return false;
    }
    *found = agency->agency == number;
    return true;
}

// "{1,2,3}", as PostgreSQL writes a list. The caller frees it.
static char *list_of(const uint32_t *numbers, size_t count) {
    enum { ITEM_BYTES = 11 }; // ten digits and what comes before or behind them
    char *list = malloc(count * ITEM_BYTES + 3), *at = list;
    if (list == NULL) {
        return NULL;
    }
    *at++ = '{';
    for (size_t i = 0; i < count; i++) {
        at += snprintf(at, ITEM_BYTES + 1, "%s%" PRIu32, i == 0 ? "" : ",", numbers[i]);
    }
    memcpy(at, "}", 2);
    return list;
}

static bool postgres_lock_agencies(struct store *store, const uint32_t *numbers, size_t count,
                                   store_each_agency each, void *context, struct error *error) {
    struct agency_reading reading = {each, context};
    struct parameters parameters = begin_parameters(of(store));
    char *list = list_of(numbers, count);
    if (list == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu agencies", count);
    }
    bind_text(&parameters, list);
    bool locked = query(store, LOCK_AGENCIES, &parameters, read_agency, &reading, error);
    free(list);
    return locked;
}

struct number_reading {
    int64_t number, second; // the first two columns
    bool found;
};

static bool read_number(const PGresult *result, int row, void *context, struct error *error) {
    (void)error;
    *(struct number_reading *)context = (struct number_reading){
        .number = read_integer(result, row, 0),
        .second = PQnfields(result) > 1 ? read_integer(result, row, 1) : 0,
        .found = true,
    };
    return true;
}

// The count is what decides quickly; before it decides, the rows themselves are counted.
static bool postgres_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more,
                                    uint32_t *finished, struct error *error) {
    struct number_reading count = {0}, rows = {0};
    struct parameters parameters = begin_parameters(of(store));
    bind_integer(&parameters, (int64_t)draw_checksum);
    bind_integer(&parameters, more);
    if (!query(store, COUNT_FINISHED, &parameters, read_number, &count, error)) {
        return false;
    }
    if (!count.found) {
        return error_set(error, ERROR_STORE_STALE, "another server has changed the draw");
    }
    *finished = (uint32_t)count.number;
    if (count.number < count.second) {
        return true;
    }
    parameters = begin_parameters(of(store));
    return query(store, FINISHED_ROWS, &parameters, read_number, &rows, error) &&
           (count.number == rows.number ||
            error_set(error, ERROR_STORE_FAILED,
                      "%s: the store is damaged: draw \"%s\" says that %lld agencies have finished, and %lld "
                      "have",
                      of(store)->link.place, of(store)->draw, (long long)count.number,
                      (long long)rows.number));
}

static bool postgres_claim_draw(struct store *store, bool *claimed, struct error *error) {
    struct number_reading row = {0};
    struct parameters parameters = begin_parameters(of(store));
    if (!query(store, CLAIM_DRAW, &parameters, read_number, &row, error)) {
        return false;
    }
    *claimed = row.found;
    return true;
}

struct chunk_reading {
    store_each_chunk each;
    void *context;
};

static bool read_chunk(const PGresult *result, int row, void *context, struct error *error) {
    struct chunk_reading *reading = context;
    struct stored_chunk chunk = {
        .agency = (uint32_t)read_integer(result, row, 0),
        .first = (uint64_t)read_integer(result, row, 1),
        .count = (uint32_t)read_integer(result, row, 2),
        .checksum = (uint64_t)read_integer(result, row, 4),
    };
    if (PQgetlength(result, row, 3) == STORE_DIGEST_BYTES &&
        PQgetlength(result, row, 5) == (int64_t)chunk.count * 2) {
        memcpy(chunk.digest, PQgetvalue(result, row, 3), sizeof chunk.digest);
        chunk.numbers = (const uint8_t *)PQgetvalue(result, row, 5);
    }
    if (PQnfields(result) > 6) {
        chunk.rows = PQgetvalue(result, row, 6);
        chunk.rows_length = (size_t)PQgetlength(result, row, 6);
    }
    return reading->each(reading->context, &chunk, error);
}

static bool postgres_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    struct parameters parameters = begin_parameters(of(store));
    return query(store, ALL_NUMBERS, &parameters, read_chunk, &reading, error);
}

static int64_t clamped(uint64_t position) {
    return position > INT64_MAX ? INT64_MAX : (int64_t)position;
}

static bool postgres_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                            store_each_chunk each, void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    struct parameters parameters = begin_parameters(of(store));
    bind_integer(&parameters, clamped(from));
    bind_integer(&parameters, clamped(to));
    if (agency != 0) {
        bind_integer(&parameters, agency);
    }
    return query(store, agency == 0 ? ALL_CHUNKS : SOME_CHUNKS, &parameters, read_chunk, &reading, error);
}

struct winner_reading {
    store_each_winner each;
    void *context;
};

static bool read_winner(const PGresult *result, int row, void *context, struct error *error) {
    struct winner_reading *reading = context;
    struct stored_winner winner = {
        .agency = (uint32_t)read_integer(result, row, 0),
        .bet = (uint64_t)read_integer(result, row, 1),
        .document = PQgetvalue(result, row, 2),
    };
    return reading->each(reading->context, &winner, error);
}

static bool postgres_winners(struct store *store, store_each_winner each, void *context,
                             struct error *error) {
    struct winner_reading reading = {each, context};
    struct parameters parameters = begin_parameters(of(store));
    return query(store, ALL_WINNERS, &parameters, read_winner, &reading, error);
}

// PostgreSQL's own tools look after its files (pg_amcheck). What is no row of store.h's is looked at here:
// the count of the agencies that have finished.
static bool postgres_check_files(struct store *store, store_on_damage on_damage, void *context,
                                 struct error *error) {
    struct number_reading count = {0}, rows = {0};
    struct parameters parameters = begin_parameters(of(store));
    if (!query(store, FINISHED_COUNT, &parameters, read_number, &count, error) ||
        !query(store, FINISHED_ROWS, &parameters, read_number, &rows, error)) {
        return false;
    }
    if (count.found && count.number != rows.number) {
        char damage[128];
        snprintf(damage, sizeof damage, "its row says that %lld agencies have finished, and %lld have",
                 (long long)count.number, (long long)rows.number);
        on_damage(context, damage);
    }
    return true;
}

// Opening and closing -------------------------------------------------------------------------------------

static bool postgres_snapshot(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    if (!end_snapshot(postgres, error)) {
        return false;
    }
    postgres->in_snapshot = postgres_link_execute(
        &postgres->link, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "read", NULL, error);
    return postgres->in_snapshot;
}

static void postgres_close(struct store *store) {
    postgres_link_close(&of(store)->link);
    free(store);
}

// Two servers may come here at once: whoever is too late waits for the other one, and finds the tables.
static bool make_tables(struct postgres_store *postgres, struct error *error) {
    struct error first, ignored;
    char version[32];
    if (postgres_link_execute(&postgres->link, postgres_schema, "make its tables", NULL, &first)) {
        return true;
    }
    if (PQtransactionStatus(postgres->link.connection) != PQTRANS_IDLE &&
        !postgres_link_execute(&postgres->link, "ROLLBACK", "make its tables", NULL, error)) {
        return false;
    }
    if (postgres_link_execute(&postgres->link, "SELECT version FROM quiniela_schema", "read", version,
                              &ignored)) {
        return true;
    }
    *error = first;
    return false;
}

static bool have_tables(struct postgres_store *postgres, enum store_mode mode, struct error *error) {
    struct postgres_link *link = &postgres->link;
    char name[32], version[32];
    if (!postgres_link_execute(link, "SELECT to_regclass('quiniela_schema')::text", "look for its tables",
                               name, error)) {
        return false;
    }
    if (name[0] == '\0' && mode != STORE_SERVE) {
        return error_set(error, ERROR_STORE_FAILED, "%s: it is no store of quiniela's", link->place);
    }
    if ((name[0] == '\0' && !make_tables(postgres, error)) ||
        !postgres_link_execute(link, "SELECT version::text FROM quiniela_schema", "read its tables' version",
                               version, error)) {
        return false;
    }
    return strcmp(version, POSTGRES_SCHEMA_VERSION) == 0 ||
           error_set(
               error, ERROR_STORE_FAILED,
               "%s: its tables are of version %s, and this program knows version " POSTGRES_SCHEMA_VERSION,
               link->place, version);
}

static bool prepare_statements(struct postgres_store *postgres, struct error *error) {
    for (int i = 0; i < STATEMENTS; i++) {
        const struct statement_text *text = &statement_texts[i];
        Oid types[PARAMETERS_MAX];
        int count = (int)strlen(text->types);
        for (int j = 0; j < count; j++) {
            types[j] = text->types[j] == 'i' ? TYPE_INTEGER : text->types[j] == 'b' ? TYPE_BYTES : TYPE_TEXT;
        }
        char name[16];
        statement_name((enum statement)i, name);
        if (PQsendPrepare(postgres->link.connection, name, text->sql, count, types) != 1) {
            return postgres_link_lost(&postgres->link, "prepare a statement", error);
        }
        for (;;) {
            PGresult *result;
            if (!postgres_link_result(&postgres->link, &result, error)) {
                return false;
            }
            if (result == NULL) {
                break;
            }
            bool prepared = PQresultStatus(result) == PGRES_COMMAND_OK ||
                            postgres_link_fail(&postgres->link, result, "prepare a statement", error);
            PQclear(result);
            if (!prepared) {
                return false; // the link is closed, whatever is still to come
            }
        }
    }
    return true;
}

// Commits are durable whatever the database's own setting is. A server that has vanished must not keep its
// locks: the database looks after its connection, too.
static const char session[] =
    "SELECT set_config('synchronous_commit', 'on', false)"
    "  WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');"
    "SET client_min_messages = warning;"
    "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';"
    "SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 5000;";

static bool warn_of_fsync(struct postgres_store *postgres, struct error *error) {
    char fsync[32];
    if (!postgres_link_execute(&postgres->link, "SHOW fsync", "read its settings", fsync, error)) {
        return false;
    }
    if (strcmp(fsync, "on") != 0) {
        log_event(
            LOG_LEVEL_WARNING, "store", LOG_SUCCESS,
            "store: %s | reason: the database runs with fsync=%s, and loses what it has acknowledged when "
            "its machine fails",
            postgres->link.place, fsync);
    }
    return true;
}

static bool begin_session(struct postgres_store *postgres, enum store_mode mode, struct error *error) {
    if (!postgres_link_execute(&postgres->link, session, "begin a session", NULL, error) ||
        !have_tables(postgres, mode, error) || !prepare_statements(postgres, error)) {
        return false;
    }
    return mode == STORE_SERVE ? warn_of_fsync(postgres, error) : postgres_snapshot(&postgres->store, error);
}

static const struct store_operations operations = {
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .put_draw = postgres_put_draw,
    .put_agency = postgres_put_agency,
    .add_chunk = postgres_add_chunk,
    .add_winner = postgres_add_winner,
    .get_draw = postgres_get_draw,
    .agencies = postgres_agencies,
    .numbers = postgres_numbers,
    .chunks = postgres_chunks,
    .winners = postgres_winners,
    .check_files = postgres_check_files,
    .close = postgres_close,
    .snapshot = postgres_snapshot,
    .get_agency = postgres_get_agency,
    .lock_agencies = postgres_lock_agencies,
    .count_finished = postgres_count_finished,
    .confirm = postgres_confirm,
    .claim_draw = postgres_claim_draw,
};

bool postgres_store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                         struct error *error) {
    *store = NULL;
    if (strlen(draw) > DRAW_NAME_BYTES_MAX || draw[0] == '\0') {
        return error_set(error, ERROR_BAD_SETTING, "DRAW: a draw's name has 1 to %d bytes",
                         DRAW_NAME_BYTES_MAX);
    }
    struct postgres_store *postgres = calloc(1, sizeof *postgres);
    if (postgres == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    postgres->store.operations = &operations;
    postgres->store.address = postgres->link.place;
    postgres->store.draw_name = postgres->draw;
    snprintf(postgres->draw, sizeof postgres->draw, "%s", draw);
    if (!postgres_link_open(&postgres->link, address, mode == STORE_SERVE, error) ||
        !begin_session(postgres, mode, error)) {
        postgres_close(&postgres->store);
        return false;
    }
    *store = &postgres->store;
    return true;
}

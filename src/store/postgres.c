// The store that several servers can share: PostgreSQL through libpq. A group travels as a pipeline, so a
// commit of many chunks costs one round trip; every value travels in binary.
#include "store/store.h"

#include "base/limits.h"
#include "store/postgres_schema.h"

#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 9, UNREAD_MAX = 128, PLACE_BYTES = 256 };

// PostgreSQL's numbers for its types (its file catalog/pg_type.dat).
enum { TYPE_BYTES = 17, TYPE_INTEGER = 20, TYPE_TEXT = 25 };

enum statement {
    PUT_DRAW,
    PUT_AGENCY,
    ADD_CHUNK,
    ADD_WINNER,
    GET_DRAW,
    ALL_AGENCIES,
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

// $1 is the draw in all of them.
static const struct statement_text statement_texts[STATEMENTS] = {
    [PUT_DRAW] = {"INSERT INTO draws (draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
                  " winners_checksum, checksum)"
                  " VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, $9)"
                  " ON CONFLICT (draw) DO UPDATE SET state = $2, agencies = $3, winning_number = $4,"
                  " opened_at = $5, sealed_at = nullif($6, ''), drawn_at = nullif($7, ''),"
                  " winners_checksum = $8, checksum = $9",
                  "ttiitttii"},
    [PUT_AGENCY] = {"INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum)"
                    " VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6)"
                    " ON CONFLICT (draw, agency) DO UPDATE SET bets = $3, finished_at = nullif($4, ''),"
                    " told_at = nullif($5, ''), checksum = $6",
                    "tiitti"},
    [ADD_CHUNK] = {"INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   "tiiibibt"},
    [ADD_WINNER] = {"INSERT INTO winners (draw, agency, bet, document) VALUES ($1, $2, $3, $4)", "tiit"},
    [GET_DRAW] = {"SELECT state, agencies, winning_number, opened_at, sealed_at, drawn_at, winners_checksum,"
                  " checksum FROM draws WHERE draw = $1",
                  "t"},
    [ALL_AGENCIES] = {"SELECT agency, bets, finished_at, told_at, checksum FROM agencies WHERE draw = $1"
                      " ORDER BY agency",
                      "t"},
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
    PGconn *connection;
    char place[PLACE_BYTES]; // for messages: where the database is, without its password
    char draw[DRAW_NAME_BYTES_MAX + 1];
    int unread;  // statements of the pipeline whose results have not been read
    bool warned; // since the pipeline began
    char warning[256];
};

static struct postgres_store *of(struct store *store) {
    return (struct postgres_store *)store;
}

// Messages ------------------------------------------------------------------------------------------------

// A message of libpq without its line ends.
static void first_line(const char *message, char *line, size_t size) {
    size_t length = strcspn(message, "\n");
    snprintf(line, size, "%.*s", (int)length, message);
}

static bool fail(struct postgres_store *postgres, const char *what, const char *message,
                 struct error *error) {
    char line[256];
    first_line(message, line, sizeof line);
    return error_set(error, ERROR_STORE_FAILED, "%s: cannot %s: %s", postgres->place, what, line);
}

static void on_notice(void *context, const PGresult *result) {
    struct postgres_store *postgres = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != NULL && strcmp(severity, "WARNING") == 0) {
        postgres->warned = true;
        first_line(PQresultErrorMessage(result), postgres->warning, sizeof postgres->warning);
    }
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
    static const int binary[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    char name[16];
    statement_name(which, name);
    return PQsendQueryPrepared(postgres->connection, name, parameters->count, parameters->values,
                               parameters->lengths, binary, 1) == 1 ||
           fail(postgres, what, PQerrorMessage(postgres->connection), error);
}

// Groups --------------------------------------------------------------------------------------------------

// Whether a statement of a group did what it should: what changes rows changes exactly one.
static bool check_result(struct postgres_store *postgres, PGresult *result, struct error *error) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        return fail(postgres, "store", PQresultErrorMessage(result), error);
    }
    const char *tuples = PQcmdTuples(result);
    return tuples[0] == '\0' || strcmp(tuples, "1") == 0 ||
           fail(postgres, "store", "a statement did not change one row", error);
}

// Reads every result of the pipeline. *last gets the tag of the last statement ("COMMIT"). False when any of
// them failed; the first failure is told.
static bool read_pipeline(struct postgres_store *postgres, char last[16], struct error *error) {
    if (PQpipelineSync(postgres->connection) != 1) {
        return fail(postgres, "send", PQerrorMessage(postgres->connection), error);
    }
    bool good = true;
    for (;;) {
        PGresult *result = PQgetResult(postgres->connection);
        if (result == NULL) { // the end of one statement's results
            if (PQstatus(postgres->connection) == CONNECTION_BAD) {
                return good ? fail(postgres, "store", PQerrorMessage(postgres->connection), error) : false;
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

static bool postgres_begin(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    postgres->warned = false;
    if (PQenterPipelineMode(postgres->connection) != 1 ||
        PQsendQueryParams(postgres->connection, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) != 1) {
        return fail(postgres, "begin", PQerrorMessage(postgres->connection), error);
    }
    postgres->unread = 1;
    return true;
}

// A COMMIT of a transaction that failed before says ROLLBACK; and one whose wait for a standby was cancelled
// succeeds with a warning, though the standby may not have it. Neither is a commit.
static bool postgres_commit(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    char last[16] = "";
    if (PQsendQueryParams(postgres->connection, "COMMIT", 0, NULL, NULL, NULL, NULL, 0) != 1) {
        return fail(postgres, "commit", PQerrorMessage(postgres->connection), error);
    }
    if (!read_pipeline(postgres, last, error)) {
        return false;
    }
    if (postgres->warned) {
        return fail(postgres, "commit", postgres->warning, error);
    }
    if (strcmp(last, "COMMIT") != 0 || PQexitPipelineMode(postgres->connection) != 1) {
        return fail(postgres, "commit", "the database says that it did not", error);
    }
    return true;
}

// The connection is given up after a failure, and with it whatever was not committed.
static void postgres_rollback(struct store *store) {
    struct postgres_store *postgres = of(store);
    PQfinish(postgres->connection);
    postgres->connection = NULL;
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

// Reading -------------------------------------------------------------------------------------------------

typedef bool (*read_row)(const PGresult *result, int row, void *context, struct error *error);

// Reads what is left of a statement's results and throws it away.
static void drain(struct postgres_store *postgres) {
    for (PGresult *result; (result = PQgetResult(postgres->connection)) != NULL;) {
        PQclear(result);
    }
}

// A reader that has had enough must not wait for rows it does not want.
static void cancel(struct postgres_store *postgres) {
    char ignored[256];
    PGcancel *cancel = PQgetCancel(postgres->connection);
    if (cancel != NULL) {
        (void)PQcancel(cancel, ignored, sizeof ignored); // then they are read after all
        PQfreeCancel(cancel);
    }
}

// Row by row, so that memory does not grow with the answer.
static bool each_row(struct postgres_store *postgres, read_row read, void *context, struct error *error) {
    bool wanted = true;
    PQsetSingleRowMode(postgres->connection);
    for (PGresult *result; wanted && (result = PQgetResult(postgres->connection)) != NULL;) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_SINGLE_TUPLE) {
            wanted = read(result, 0, context, error);
            if (!wanted) {
                cancel(postgres);
            }
        } else if (status != PGRES_TUPLES_OK) {
            wanted = fail(postgres, "read", PQresultErrorMessage(result), error);
        }
        PQclear(result);
    }
    drain(postgres);
    return wanted;
}

// Within a group the pipeline is left for as long as the reading takes; the transaction goes on.
static bool query(struct store *store, enum statement which, const struct parameters *parameters,
                  read_row read, void *context, struct error *error) {
    struct postgres_store *postgres = of(store);
    char ignored[16];
    bool in_group = PQpipelineStatus(postgres->connection) != PQ_PIPELINE_OFF;
    if (in_group && (!read_pipeline(postgres, ignored, error) ||
                     (PQexitPipelineMode(postgres->connection) != 1 &&
                      !fail(postgres, "read", PQerrorMessage(postgres->connection), error)))) {
        return false;
    }
    if (!send(postgres, which, parameters, "read", error) || !each_row(postgres, read, context, error)) {
        return false;
    }
    return !in_group || PQenterPipelineMode(postgres->connection) == 1 ||
           fail(postgres, "read", PQerrorMessage(postgres->connection), error);
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

// PostgreSQL's own tools look after its files (pg_amcheck).
static bool postgres_check_files(struct store *store, store_on_damage on_damage, void *context,
                                 struct error *error) {
    (void)store, (void)on_damage, (void)context, (void)error;
    return true;
}

// Opening and closing -------------------------------------------------------------------------------------

static void postgres_close(struct store *store) {
    PQfinish(of(store)->connection); // takes NULL too
    free(store);
}

static bool execute(struct postgres_store *postgres, const char *sql, const char *what, struct error *error) {
    PGresult *result = PQexec(postgres->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                fail(postgres, what, PQerrorMessage(postgres->connection), error);
    PQclear(result);
    return done;
}

// The version of the tables, or "" where there are none.
static bool get_version(struct postgres_store *postgres, char version[16], struct error *error) {
    PGresult *result = PQexec(postgres->connection, "SELECT version FROM quiniela_schema");
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool done = true;
    version[0] = '\0';
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        snprintf(version, 16, "%s", PQgetvalue(result, 0, 0));
    } else if (state == NULL || strcmp(state, "42P01") != 0) { // undefined_table
        done = fail(postgres, "read its tables' version", PQerrorMessage(postgres->connection), error);
    }
    PQclear(result);
    return done;
}

// Two servers may come here at once. Whoever is too late fails, and finds the tables when it looks again.
static bool make_tables(struct postgres_store *postgres, struct error *error) {
    struct error first;
    char version[16];
    if (execute(postgres, "BEGIN", "make the tables", &first) &&
        execute(postgres, postgres_schema, "make the tables", &first) &&
        execute(postgres, "COMMIT", "make the tables", &first)) {
        return true;
    }
    if (!execute(postgres, "ROLLBACK", "make the tables", error) || !get_version(postgres, version, error)) {
        return false;
    }
    if (version[0] == '\0') {
        *error = first;
        return false;
    }
    return true;
}

static bool have_tables(struct postgres_store *postgres, enum store_mode mode, struct error *error) {
    char version[16];
    if (!get_version(postgres, version, error)) {
        return false;
    }
    if (version[0] == '\0') {
        return mode == STORE_SERVE
                   ? make_tables(postgres, error)
                   : error_set(error, ERROR_STORE_FAILED, "%s: is no store of quiniela", postgres->place);
    }
    return strcmp(version, POSTGRES_SCHEMA_VERSION) == 0 ||
           error_set(error, ERROR_STORE_FAILED,
                     "%s: its tables are of version %s, this program knows " POSTGRES_SCHEMA_VERSION,
                     postgres->place, version);
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
        PGresult *result = PQprepare(postgres->connection, name, text->sql, count, types);
        bool prepared = PQresultStatus(result) == PGRES_COMMAND_OK ||
                        fail(postgres, "prepare a statement", PQerrorMessage(postgres->connection), error);
        PQclear(result);
        if (!prepared) {
            return false;
        }
    }
    return true;
}

// Where the database is, for messages: never with its password.
static void describe(struct postgres_store *postgres) {
    const char *host = PQhost(postgres->connection), *port = PQport(postgres->connection);
    const char *name = PQdb(postgres->connection);
    snprintf(postgres->place, sizeof postgres->place, "postgresql://%s:%s/%s", host == NULL ? "" : host,
             port == NULL ? "" : port, name == NULL ? "" : name);
}

// What the address says wins over what stands before it here: the last one counts.
static bool connect_database(struct postgres_store *postgres, const char *address, enum store_mode mode,
                             struct error *error) {
    const char *keys[] = {"connect_timeout",  "target_session_attrs",
                          "keepalives_idle",  "keepalives_interval",
                          "keepalives_count", "tcp_user_timeout",
                          "application_name", "dbname",
                          "client_encoding",  NULL};
    const char *values[] = {
        "5", mode == STORE_SERVE ? "read-write" : "any", "5", "2", "3", "10000", "quiniela", address, "UTF8",
        NULL};
    postgres->connection = PQconnectdbParams(keys, values, 1);
    if (postgres->connection == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a connection to the database");
    }
    describe(postgres);
    PQsetNoticeReceiver(postgres->connection, on_notice, postgres);
    return PQstatus(postgres->connection) == CONNECTION_OK ||
           fail(postgres, "connect", PQerrorMessage(postgres->connection), error);
}

static bool begin_session(struct postgres_store *postgres, enum store_mode mode, struct error *error) {
    if (!execute(postgres, "SET synchronous_commit = on; SET client_min_messages = warning;", "connect",
                 error) ||
        !have_tables(postgres, mode, error) || !prepare_statements(postgres, error)) {
        return false;
    }
    return mode == STORE_SERVE // one snapshot for all that is read
           || execute(postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "read", error);
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
    postgres->store.address = postgres->place;
    postgres->store.draw_name = postgres->draw;
    snprintf(postgres->draw, sizeof postgres->draw, "%s", draw);
    if (!connect_database(postgres, address, mode, error) || !begin_session(postgres, mode, error)) {
        postgres_close(&postgres->store);
        return false;
    }
    *store = &postgres->store;
    return true;
}

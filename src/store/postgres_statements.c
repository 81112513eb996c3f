#include "store/postgres_statements.h"

#include "store/sql_texts.h"

#include <endian.h>
#include <string.h>

// Makes the whole group fail when a row has changed since it was read, by dividing by the number of matching
// rows (22012). If a statement merely found none, the COMMIT after it would succeed.
#define UNLESS_STALE(rows) "WITH meant AS (" rows ") SELECT 1 / count(*) FROM meant"

#define SOME_AGENCIES                                                                                        \
    "SELECT " SQL_AGENCY_COLUMNS " FROM agencies WHERE draw = $1"                                            \
    " AND agency = ANY (CAST($2 AS BIGINT[])) ORDER BY agency"
#define NOW "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define VOIDED_CHECKSUM SQL_VOIDED_CHECKSUM("$")

// $1 is the draw in all of them: its name where it is the row of the draw itself, its number otherwise. A row
// is replaced only when its checksum shows that it is the one that was read. draws.finished counts the
// agencies that have finished, under the row's lock. So the last one is recognised, whichever server it comes
// to.
static const char *const texts[POSTGRES_STATEMENTS] = {
    SQL_TEXTS("$"),
    [SQL_PUT_DRAW] = UNLESS_STALE(SQL_PUT_DRAW_TEXT(
        "$", ", number", ", $22",
        " WHERE draws.checksum = $21 AND coalesce(draws.root = $17, draws.root IS NULL) RETURNING 1")),
    [SQL_GET_DRAW] = SQL_GET_DRAW_TEXT("$", ", number"),
    [SQL_PUT_AGENCY] = UNLESS_STALE(SQL_PUT_AGENCY_TEXT("$", " WHERE agencies.checksum = $10 RETURNING 1")),
    [POSTGRES_NUMBER] = "SELECT number FROM draws WHERE draw = $1",
    [POSTGRES_FREE_NUMBER] = "SELECT 1 + greatest((SELECT max(number) FROM draws),"
                             " (SELECT max(draw) FROM agencies), 0) WHERE $1 <> ''",
    [SQL_ALL_DRAWS] =
        "SELECT " SQL_DRAW_COLUMNS ", number, draw FROM draws WHERE $1 <> '' ORDER BY draw COLLATE \"C\"",
    [POSTGRES_ORPHANS] = "SELECT draw FROM agencies WHERE $1 <> '' AND NOT EXISTS"
                         " (SELECT 1 FROM draws WHERE draws.number = agencies.draw) LIMIT 1",
    [POSTGRES_TOTAL_AGENCIES] = "SELECT count(*), coalesce(max(agency), 0)::BIGINT,"
                                " coalesce(sum(bets), 0)::BIGINT, count(finished_at), count(told_at)"
                                " FROM agencies WHERE draw = $1",
    [POSTGRES_COUNT_PAPERS] = "SELECT count(*) FROM papers WHERE draw = $1 AND kind <> 'rules'",
    // By number, so that two servers never wait for each other.
    [POSTGRES_SOME_AGENCIES] = SOME_AGENCIES,
    [POSTGRES_LOCK_AGENCIES] = SOME_AGENCIES " FOR UPDATE",
    [POSTGRES_COUNT_FINISHED] = "UPDATE draws SET finished = finished + $3 WHERE draw = $1 AND checksum = $2"
                                " RETURNING finished, agencies",
    [POSTGRES_FINISHED_COUNT] = "SELECT finished FROM draws WHERE draw = $1",
    [POSTGRES_FINISHED_ROWS] = "SELECT count(finished_at) FROM agencies WHERE draw = $1",
    // A server that changes anything depending on the draw's row locks the row alone. Servers that add bets
    // share the lock, also with those that only count an agency's end.
    [POSTGRES_LOCK_DRAW] = "SELECT 1::BIGINT FROM draws WHERE draw = $1 FOR UPDATE",
    [POSTGRES_HOLD_DRAW] =
        UNLESS_STALE("SELECT 1 FROM draws WHERE draw = $1 AND checksum = $2"
                     " AND coalesce(closes_at COLLATE \"C\" > " NOW ", true) FOR KEY SHARE"),
    [POSTGRES_NOW] = "SELECT " NOW " WHERE $1 <> ''",
    [POSTGRES_CONFIRM] = "UPDATE quiniela_schema SET version = version WHERE $1 <> ''",
    // An agency that has finished is no longer counted.
    [POSTGRES_VOID_AGENCY] =
        "WITH gone AS (DELETE FROM chunks WHERE draw = $1 AND agency = $2"
        "  RETURNING first, count, digest, checksum, numbers, rows),"
        " kept AS (INSERT INTO voided (draw, agency, voiding, first, count, digest, checksum, numbers, rows)"
        "  SELECT $1, $2, $3, first, count, digest, " VOIDED_CHECKSUM ", numbers, rows FROM gone"
        "  RETURNING count),"
        " counted AS (UPDATE draws SET finished = finished -"
        "  (SELECT count(finished_at) FROM agencies WHERE draw = $1 AND agency = $2) WHERE number = $1)"
        " SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM kept",
    [POSTGRES_ERASE] = "WITH filed AS (DELETE FROM chunks WHERE draw = $1),"
                       " voids AS (DELETE FROM voided WHERE draw = $1),"
                       " won AS (UPDATE winners SET document = '' WHERE draw = $1) SELECT 1::BIGINT",
    [POSTGRES_CLAIM_DRAW] = "SELECT 1::BIGINT FROM draws WHERE draw = $1 AND state = 'sealed'"
                            " FOR UPDATE SKIP LOCKED",
};

// Values --------------------------------------------------------------------------------------------------

// PostgreSQL's numbers for its types (from its catalog/pg_type.dat).
static const Oid types[] = {[SQL_BYTES] = 17, [SQL_INTEGER] = 20, [SQL_TEXT] = 25};

// In the form that libpq takes.
struct parameters {
    Oid types[SQL_VALUES_MAX];
    const char *values[SQL_VALUES_MAX];
    int lengths[SQL_VALUES_MAX];
    int formats[SQL_VALUES_MAX];       // all binary
    uint64_t integers[SQL_VALUES_MAX]; // big-endian; `values` points into it
};

static void fill(struct parameters *parameters, const struct sql_values *values) {
    for (int i = 0; i < values->count; i++) {
        const struct sql_value *value = &values->all[i];
        bool is_integer = value->type == SQL_INTEGER;
        parameters->integers[i] = is_integer ? htobe64((uint64_t)value->integer) : 0;
        parameters->types[i] = types[value->type];
        parameters->values[i] = is_integer ? (const char *)&parameters->integers[i] : value->bytes;
        parameters->formats[i] = 1;
        parameters->lengths[i] = is_integer ? (int)sizeof parameters->integers[i] : (int)value->length;
    }
}

// A statement without a name is there until the next one is parsed. So within a group, which is one
// transaction, it is not sent again for each chunk.
bool postgres_send(struct postgres_session *session, int which, const struct sql_values *values,
                   const char *what, struct error *error) {
    struct parameters parameters;
    PGconn *connection = session->link.connection;
    bool in_group = PQpipelineStatus(connection) != PQ_PIPELINE_OFF;
    fill(&parameters, values);
    if (in_group && session->parsed == which) {
        return PQsendQueryPrepared(connection, "", values->count, parameters.values, parameters.lengths,
                                   parameters.formats, 1) == 1 ||
               postgres_link_lost(&session->link, what, error);
    }
    session->parsed = which;
    return PQsendQueryParams(connection, texts[which], values->count, parameters.types, parameters.values,
                             parameters.lengths, parameters.formats, 1) == 1 ||
           postgres_link_lost(&session->link, what, error);
}

// Columns -------------------------------------------------------------------------------------------------

// A BIGINT has eight bytes, an INTEGER four.
static int64_t integer_of(void *row, int column) {
    uint64_t value = 0;
    uint32_t small;
    if (PQgetlength(row, 0, column) == (int)sizeof small) {
        memcpy(&small, PQgetvalue(row, 0, column), sizeof small);
        return (int32_t)be32toh(small);
    }
    if (PQgetlength(row, 0, column) == (int)sizeof value) {
        memcpy(&value, PQgetvalue(row, 0, column), sizeof value);
    }
    return (int64_t)be64toh(value);
}

static const char *text_of(void *row, int column, size_t *length) {
    *length = (size_t)PQgetlength(row, 0, column);
    return PQgetvalue(row, 0, column); // "" if it is NULL
}

static const void *bytes_of(void *row, int column, size_t *length) {
    return text_of(row, column, length);
}

const struct sql_columns postgres_columns = {integer_of, text_of, bytes_of};

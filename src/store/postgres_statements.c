// What the PostgreSQL store says to its database, and how the values travel: in binary.
#include "store/postgres_store.h"

#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

// PostgreSQL's numbers for its types (its file catalog/pg_type.dat).
enum { TYPE_BYTES = 17, TYPE_INTEGER = 20, TYPE_TEXT = 25 };

struct statement_text {
    const char *sql;
    const char *types; // of the parameters: t(ext), i(nteger), b(ytes)
};

// Has the whole group fail when a row that was read is another one by now: by dividing by how many there are
// (22012). A statement that merely finds none would let the COMMIT behind it go through.
#define UNLESS_STALE(rows) "WITH meant AS (" rows ") SELECT 1 / count(*) FROM meant"

// $1 is the draw in all of them. A row is replaced only when it is the one that was read: its checksum says
// so. draws.finished counts the agencies that have finished, under the lock of the row, so that the last one
// is known whichever server it comes to.
static const struct statement_text statement_texts[STATEMENTS] = {
    [PUT_DRAW] =
        {UNLESS_STALE(
             "INSERT INTO draws (draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
             " winners_checksum, checksum)"
             " VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, $9)"
             " ON CONFLICT (draw) DO UPDATE SET state = $2, agencies = $3, winning_number = $4,"
             " opened_at = $5, sealed_at = nullif($6, ''), drawn_at = nullif($7, ''),"
             " winners_checksum = $8, checksum = $9 WHERE draws.checksum = $10 RETURNING 1"),
         "ttiitttiii"},
    [PUT_AGENCY] = {UNLESS_STALE(
                        "INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum)"
                        " VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6)"
                        " ON CONFLICT (draw, agency) DO UPDATE SET bets = $3, finished_at = nullif($4, ''),"
                        " told_at = nullif($5, ''), checksum = $6 WHERE agencies.checksum = $7 RETURNING 1"),
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
    // Whoever changes what hangs on the draw's row locks it alone; whoever adds bets, together with all
    // others who do, and with those who only count an agency's end.
    [LOCK_DRAW] = {"SELECT 1::BIGINT FROM draws WHERE draw = $1 FOR UPDATE", "t"},
    [HOLD_DRAW] = {UNLESS_STALE("SELECT 1 FROM draws WHERE draw = $1 AND checksum = $2 FOR KEY SHARE"), "ti"},
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
    [SOME_PIECES] = {"SELECT first, count, digest FROM chunks"
                     " WHERE draw = $1 AND agency = $2 AND first >= coalesce("
                     "  (SELECT max(first) FROM chunks WHERE draw = $1 AND agency = $2 AND first <= $3), 0)"
                     " AND first + count > $3 ORDER BY first LIMIT $4",
                     "tiii"},
    [ALL_WINNERS] = {"SELECT agency, bet, document FROM winners WHERE draw = $1 ORDER BY agency, bet", "t"},
};

// Values --------------------------------------------------------------------------------------------------

void bind_bytes(struct parameters *parameters, const void *bytes, size_t length) {
    assert(parameters->count < PARAMETERS_MAX);
    parameters->values[parameters->count] = bytes;
    parameters->lengths[parameters->count++] = (int)length;
}

void bind_text(struct parameters *parameters, const char *text) {
    bind_bytes(parameters, text, strlen(text));
}

void bind_integer(struct parameters *parameters, int64_t value) {
    int64_t *place = &parameters->integers[parameters->count];
    *place = (int64_t)htobe64((uint64_t)value);
    bind_bytes(parameters, place, sizeof *place);
}

struct parameters parameters_of(struct postgres_store *postgres) {
    struct parameters parameters = {0};
    bind_text(&parameters, postgres->draw);
    return parameters;
}

int64_t read_integer(const PGresult *row, int column) {
    uint64_t value = 0;
    if (PQgetlength(row, 0, column) == (int)sizeof value) {
        memcpy(&value, PQgetvalue(row, 0, column), sizeof value);
    }
    return (int64_t)be64toh(value);
}

static Oid type_of(char letter) {
    return letter == 'i' ? TYPE_INTEGER : letter == 'b' ? TYPE_BYTES : TYPE_TEXT;
}

// A statement without a name is there until the next one is parsed: in a group, which is one transaction, it
// is not sent again for each chunk.
bool postgres_send(struct postgres_store *postgres, enum statement which, const struct parameters *parameters,
                   const char *what, struct error *error) {
    static const int binary[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const struct statement_text *text = &statement_texts[which];
    PGconn *connection = postgres->link.connection;
    bool in_group = PQpipelineStatus(connection) != PQ_PIPELINE_OFF;
    if (in_group && postgres->parsed == (int)which) {
        return PQsendQueryPrepared(connection, "", parameters->count, parameters->values, parameters->lengths,
                                   binary, 1) == 1 ||
               postgres_link_lost(&postgres->link, what, error);
    }
    Oid types[PARAMETERS_MAX];
    for (int i = 0; i < parameters->count; i++) {
        types[i] = type_of(text->types[i]);
    }
    postgres->parsed = (int)which;
    return PQsendQueryParams(connection, text->sql, parameters->count, types, parameters->values,
                             parameters->lengths, binary, 1) == 1 ||
           postgres_link_lost(&postgres->link, what, error);
}

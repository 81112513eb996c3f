// The embedded store: SQLite in WAL mode, synced at every commit, one row a chunk.
#include "store/store.h"

#include "base/limits.h"
#include "store/sqlite_checkpoint.h"
#include "store/sqlite_files.h"
#include "store/sqlite_log.h"
#include "store/sqlite_setup.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS_MAX = 5000 };

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    PUT_DRAW,
    PUT_AGENCY,
    ADD_CHUNK,
    ADD_WINNER,
    GET_DRAW,
    ALL_AGENCIES,
    ALL_NUMBERS,
    ALL_CHUNKS,
    SOME_CHUNKS,
    SOME_PIECES,
    ALL_WINNERS,
    INTEGRITY_CHECK,
    STATEMENTS,
};

// ?1 is the draw in all of them.
static const char *const statement_texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [PUT_DRAW] = "INSERT INTO draws (draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
                 " winners_checksum, checksum)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, ''), nullif(?7, ''), ?8, ?9)"
                 " ON CONFLICT (draw) DO UPDATE SET state = ?2, agencies = ?3, winning_number = ?4,"
                 " opened_at = ?5, sealed_at = nullif(?6, ''), drawn_at = nullif(?7, ''),"
                 " winners_checksum = ?8, checksum = ?9",
    [PUT_AGENCY] = "INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum)"
                   " VALUES (?1, ?2, ?3, nullif(?4, ''), nullif(?5, ''), ?6)"
                   " ON CONFLICT (draw, agency) DO UPDATE SET bets = ?3, finished_at = nullif(?4, ''),"
                   " told_at = nullif(?5, ''), checksum = ?6",
    [ADD_CHUNK] = "INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [ADD_WINNER] = "INSERT INTO winners (draw, agency, bet, document) VALUES (?1, ?2, ?3, ?4)",
    [GET_DRAW] = "SELECT state, agencies, winning_number, opened_at, sealed_at, drawn_at, winners_checksum,"
                 " checksum FROM draws WHERE draw = ?1",
    [ALL_AGENCIES] =
        "SELECT agency, bets, finished_at, told_at, checksum FROM agencies WHERE draw = ?1 ORDER BY agency",
    [ALL_NUMBERS] = "SELECT agency, first, count, digest, checksum, numbers FROM chunks WHERE draw = ?1"
                    " ORDER BY agency, first",
    [ALL_CHUNKS] = "SELECT agency, first, count, digest, checksum, numbers, rows FROM chunks"
                   " WHERE draw = ?1 AND ?3 < ?4 AND first < ?4 AND first + count > ?3"
                   " ORDER BY agency, first",
    [SOME_CHUNKS] = "SELECT agency, first, count, digest, checksum, numbers, rows FROM chunks"
                    " WHERE draw = ?1 AND agency = ?2 AND first < ?4 AND first >= coalesce("
                    "  (SELECT max(first) FROM chunks WHERE draw = ?1 AND agency = ?2 AND first <= ?3), 0)"
                    " AND ?3 < ?4 AND first + count > ?3" // that one may end before, or the range be empty
                    " ORDER BY first",
    [SOME_PIECES] = "SELECT first, count, digest FROM chunks"
                    " WHERE draw = ?1 AND agency = ?2 AND first >= coalesce("
                    "  (SELECT max(first) FROM chunks WHERE draw = ?1 AND agency = ?2 AND first <= ?3), 0)"
                    " AND first + count > ?3 ORDER BY first LIMIT ?4",
    [ALL_WINNERS] = "SELECT agency, bet, document FROM winners WHERE draw = ?1 ORDER BY agency, bet",
    [INTEGRITY_CHECK] = "PRAGMA integrity_check",
};

struct sqlite_store {
    struct store store; // first, so that a pointer to the one is a pointer to the other
    sqlite3 *database;
    struct checkpointer *checkpointer; // of STORE_SERVE
    sqlite3_stmt *statements[STATEMENTS];
    struct sqlite_files files;
    char draw[DRAW_NAME_BYTES_MAX + 1];
    bool serves; // and does not only read
};

static struct sqlite_store *of(struct store *store) {
    return (struct sqlite_store *)store;
}

static bool fail(struct sqlite_store *sqlite, const char *what, struct error *error) {
    return sqlite_setup_fail(sqlite->database, sqlite->files.name, what, error);
}

// Statements ----------------------------------------------------------------------------------------------

// The statement, ready to be bound, with the draw bound to it. NULL with `error` set when it cannot be had.
static sqlite3_stmt *prepare(struct sqlite_store *sqlite, enum statement which, struct error *error) {
    sqlite3_stmt **statement = &sqlite->statements[which];
    if (*statement == NULL && sqlite3_prepare_v3(sqlite->database, statement_texts[which], -1,
                                                 SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
        fail(sqlite, "prepare a statement", error);
        return NULL;
    }
    if (sqlite3_bind_parameter_count(*statement) > 0 &&
        sqlite3_bind_text(*statement, 1, sqlite->draw, -1, SQLITE_STATIC) != SQLITE_OK) {
        fail(sqlite, "bind a value", error);
        return NULL;
    }
    return *statement;
}

// Runs a statement that returns no rows.
static bool run(struct sqlite_store *sqlite, sqlite3_stmt *statement, const char *what, struct error *error) {
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    if (!done) {
        fail(sqlite, what, error);
    }
    sqlite3_reset(statement);
    return done;
}

static bool run_plain(struct store *store, enum statement which, const char *what, struct error *error) {
    sqlite3_stmt *statement = prepare(of(store), which, error);
    return statement != NULL && run(of(store), statement, what, error);
}

static void read_time(sqlite3_stmt *statement, int column, char time[STORE_TIME_BYTES]) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    snprintf(time, STORE_TIME_BYTES, "%s", text == NULL ? "" : text);
}

// Hands each row to `read_row` until it says no or there are no more.
static bool each_row(struct sqlite_store *sqlite, sqlite3_stmt *statement,
                     bool (*read_row)(sqlite3_stmt *statement, void *each, struct error *error), void *each,
                     struct error *error) {
    int step;
    bool wanted = true;
    while (wanted && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        wanted = read_row(statement, each, error);
    }
    if (wanted && step != SQLITE_DONE) {
        wanted = fail(sqlite, "read", error);
    }
    sqlite3_reset(statement);
    return wanted;
}

// Groups --------------------------------------------------------------------------------------------------

static bool sqlite_begin(struct store *store, struct error *error) {
    struct checkpointer *checkpointer = of(store)->checkpointer; // none where the store is only read
    return (checkpointer == NULL || checkpointer_between_commits(checkpointer, error)) &&
           run_plain(store, BEGIN, "begin", error);
}

// A commit into files that no name leads to any more would be gone with the process.
static bool sqlite_commit(struct store *store, struct error *error) {
    return run_plain(store, COMMIT, "commit", error) &&
           (!of(store)->serves || sqlite_files_unchanged(&of(store)->files, error));
}

static void sqlite_rollback(struct store *store) {
    struct error ignored; // some failures have rolled back already
    (void)!run_plain(store, ROLLBACK, "roll back", &ignored);
}

// Writing -------------------------------------------------------------------------------------------------

static bool sqlite_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    sqlite3_stmt *statement = prepare(of(store), PUT_DRAW, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_text(statement, 2, draw_state_name(draw->state), -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, draw->agencies);
    sqlite3_bind_int(statement, 4, draw->winning_number);
    sqlite3_bind_text(statement, 5, draw->opened_at, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, draw->sealed_at, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 7, draw->drawn_at, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 8, (sqlite3_int64)draw->winners_checksum);
    sqlite3_bind_int64(statement, 9, (sqlite3_int64)draw->checksum);
    return run(of(store), statement, "store the draw", error);
}

static bool sqlite_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    sqlite3_stmt *statement = prepare(of(store), PUT_AGENCY, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, agency->agency);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)agency->bets);
    sqlite3_bind_text(statement, 4, agency->finished_at, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, agency->told_at, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)agency->checksum);
    return run(of(store), statement, "store an agency", error);
}

static bool sqlite_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    sqlite3_stmt *statement = prepare(of(store), ADD_CHUNK, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, chunk->agency);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)chunk->first);
    sqlite3_bind_int64(statement, 4, chunk->count);
    sqlite3_bind_blob(statement, 5, chunk->digest, STORE_DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)chunk->checksum);
    sqlite3_bind_blob64(statement, 7, chunk->numbers, (sqlite3_uint64)chunk->count * 2, SQLITE_STATIC);
    sqlite3_bind_text64(statement, 8, chunk->rows, chunk->rows_length, SQLITE_STATIC, SQLITE_UTF8);
    return run(of(store), statement, "store a chunk", error);
}

static bool sqlite_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    sqlite3_stmt *statement = prepare(of(store), ADD_WINNER, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, winner->agency);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)winner->bet);
    sqlite3_bind_text(statement, 4, winner->document, -1, SQLITE_STATIC);
    return run(of(store), statement, "store a winner", error);
}

// Reading -------------------------------------------------------------------------------------------------

struct draw_reading {
    struct stored_draw *draw;
    bool *found;
};

static bool read_draw(sqlite3_stmt *statement, void *context, struct error *error) {
    struct draw_reading *reading = context;
    const char *state = (const char *)sqlite3_column_text(statement, 0);
    struct stored_draw *draw = reading->draw;
    *reading->found = true;
    for (draw->state = DRAW_OPEN; draw->state <= DRAW_DRAWN; draw->state++) {
        if (state != NULL && strcmp(state, draw_state_name(draw->state)) == 0) {
            break;
        }
    }
    if (draw->state > DRAW_DRAWN) {
        return error_set(error, ERROR_STORE_FAILED, "the draw's stored state \"%s\" is none",
                         state ? state : "");
    }
    draw->agencies = (uint32_t)sqlite3_column_int64(statement, 1);
    draw->winning_number = (uint16_t)sqlite3_column_int(statement, 2);
    read_time(statement, 3, draw->opened_at);
    read_time(statement, 4, draw->sealed_at);
    read_time(statement, 5, draw->drawn_at);
    draw->winners_checksum = (uint64_t)sqlite3_column_int64(statement, 6);
    draw->checksum = (uint64_t)sqlite3_column_int64(statement, 7);
    return true;
}

static bool sqlite_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    *found = false;
    struct draw_reading reading = {draw, found};
    sqlite3_stmt *statement = prepare(of(store), GET_DRAW, error);
    return statement != NULL && each_row(of(store), statement, read_draw, &reading, error);
}

struct agency_reading {
    store_each_agency each;
    void *context;
};

static bool read_agency(sqlite3_stmt *statement, void *context, struct error *error) {
    struct agency_reading *reading = context;
    struct stored_agency agency = {
        .agency = (uint32_t)sqlite3_column_int64(statement, 0),
        .bets = (uint64_t)sqlite3_column_int64(statement, 1),
        .checksum = (uint64_t)sqlite3_column_int64(statement, 4),
    };
    read_time(statement, 2, agency.finished_at);
    read_time(statement, 3, agency.told_at);
    return reading->each(reading->context, &agency, error);
}

static bool sqlite_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    struct agency_reading reading = {each, context};
    sqlite3_stmt *statement = prepare(of(store), ALL_AGENCIES, error);
    return statement != NULL && each_row(of(store), statement, read_agency, &reading, error);
}

struct chunk_reading {
    store_each_chunk each;
    void *context;
};

static bool read_chunk(sqlite3_stmt *statement, void *context, struct error *error) {
    struct chunk_reading *reading = context;
    struct stored_chunk chunk = {
        .agency = (uint32_t)sqlite3_column_int64(statement, 0),
        .first = (uint64_t)sqlite3_column_int64(statement, 1),
        .count = (uint32_t)sqlite3_column_int64(statement, 2),
        .checksum = (uint64_t)sqlite3_column_int64(statement, 4),
        .numbers = sqlite3_column_blob(statement, 5),
    };
    const void *digest = sqlite3_column_blob(statement, 3);
    if (digest == NULL || sqlite3_column_bytes(statement, 3) != STORE_DIGEST_BYTES ||
        sqlite3_column_bytes(statement, 5) != (int64_t)chunk.count * 2) {
        chunk.numbers = NULL; // which says that it is damaged
    } else {
        memcpy(chunk.digest, digest, sizeof chunk.digest);
    }
    if (sqlite3_column_count(statement) > 6) {
        chunk.rows = (const char *)sqlite3_column_text(statement, 6);
        chunk.rows_length = (size_t)sqlite3_column_bytes(statement, 6);
    }
    return reading->each(reading->context, &chunk, error);
}

static bool sqlite_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    sqlite3_stmt *statement = prepare(of(store), ALL_NUMBERS, error);
    return statement != NULL && each_row(of(store), statement, read_chunk, &reading, error);
}

static sqlite3_int64 clamped(uint64_t position) {
    return position > INT64_MAX ? INT64_MAX : (sqlite3_int64)position;
}

static bool sqlite_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                          store_each_chunk each, void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    sqlite3_stmt *statement = prepare(of(store), agency == 0 ? ALL_CHUNKS : SOME_CHUNKS, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, agency); // ALL_CHUNKS has no use for it
    sqlite3_bind_int64(statement, 3, clamped(from));
    sqlite3_bind_int64(statement, 4, clamped(to));
    return each_row(of(store), statement, read_chunk, &reading, error);
}

struct piece_reading {
    store_each_piece each;
    void *context;
};

static bool read_piece(sqlite3_stmt *statement, void *context, struct error *error) {
    struct piece_reading *reading = context;
    struct stored_piece piece = {
        .first = (uint64_t)sqlite3_column_int64(statement, 0),
        .count = (uint32_t)sqlite3_column_int64(statement, 1),
        .digest = sqlite3_column_blob(statement, 2),
    };
    if (sqlite3_column_bytes(statement, 2) != STORE_DIGEST_BYTES) {
        piece.digest = NULL;
    }
    return reading->each(reading->context, &piece, error);
}

static bool sqlite_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                          store_each_piece each, void *context, struct error *error) {
    struct piece_reading reading = {each, context};
    sqlite3_stmt *statement = prepare(of(store), SOME_PIECES, error);
    if (statement == NULL) {
        return false;
    }
    sqlite3_bind_int64(statement, 2, agency);
    sqlite3_bind_int64(statement, 3, clamped(from));
    sqlite3_bind_int64(statement, 4, count_max);
    return each_row(of(store), statement, read_piece, &reading, error);
}

struct winner_reading {
    store_each_winner each;
    void *context;
};

static bool read_winner(sqlite3_stmt *statement, void *context, struct error *error) {
    struct winner_reading *reading = context;
    struct stored_winner winner = {
        .agency = (uint32_t)sqlite3_column_int64(statement, 0),
        .bet = (uint64_t)sqlite3_column_int64(statement, 1),
        .document = (const char *)sqlite3_column_text(statement, 2),
    };
    return reading->each(reading->context, &winner, error);
}

static bool sqlite_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    struct winner_reading reading = {each, context};
    sqlite3_stmt *statement = prepare(of(store), ALL_WINNERS, error);
    return statement != NULL && each_row(of(store), statement, read_winner, &reading, error);
}

static bool sqlite_check_files(struct store *store, store_on_damage on_damage, void *context,
                               struct error *error) {
    sqlite3_stmt *statement = prepare(of(store), INTEGRITY_CHECK, error);
    if (statement == NULL) {
        return false;
    }
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (text == NULL || strcmp(text, "ok") != 0) {
            on_damage(context, text == NULL ? "" : text);
        }
    }
    bool done = step == SQLITE_DONE || fail(of(store), "check it", error);
    sqlite3_reset(statement);
    return done;
}

// Opening and closing -------------------------------------------------------------------------------------

static void sqlite_close(struct store *store) {
    struct sqlite_store *sqlite = of(store);
    if (sqlite->checkpointer != NULL && !checkpointer_stop(&sqlite->checkpointer)) {
        store->failed = true;
    }
    // The log is kept as it is: whoever opens the store next looks at all of it.
    if (store->failed && sqlite->database != NULL) {
        sqlite3_db_config(sqlite->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(sqlite->statements[i]);
    }
    sqlite3_close(sqlite->database);
    sqlite_files_release(&sqlite->files);
    free(sqlite);
}

static bool connect(struct sqlite_store *sqlite, enum store_mode mode, struct error *error) {
    int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    char uri[SQLITE_URI_BYTES];
    const char *address = sqlite->files.path;
    if (mode == STORE_READ) {
        sqlite_files_uri(&sqlite->files, uri);
        address = uri;
    }
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    return (sqlite3_open_v2(address, &sqlite->database, flags, NULL) == SQLITE_OK &&
            sqlite3_busy_timeout(sqlite->database, BUSY_MS_MAX) == SQLITE_OK) ||
           fail(sqlite, "open", error);
}

// One snapshot for all that is read.
static bool open_to_read(struct sqlite_store *sqlite, struct error *error) {
    bool without_tables;
    return sqlite_log_check(&sqlite->files, error) && connect(sqlite, STORE_READ, error) &&
           sqlite_setup_check(sqlite->database, sqlite->files.name, &without_tables, error) &&
           (!without_tables ||
            error_set(error, ERROR_STORE_FAILED, "%s: is no store of quiniela", sqlite->files.name)) &&
           (sqlite3_exec(sqlite->database, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ||
            fail(sqlite, "read", error));
}

// Nothing is set before it is known whose the file is: somebody else's must stay as it is.
static bool open_to_serve(struct sqlite_store *sqlite, struct store_identity *identity, struct error *error) {
    bool without_tables;
    return sqlite_files_take(&sqlite->files, identity, error) && sqlite_log_settle(&sqlite->files, error) &&
           connect(sqlite, STORE_SERVE, error) &&
           sqlite_setup_check(sqlite->database, sqlite->files.name, &without_tables, error) &&
           sqlite_setup_writer(sqlite->database, sqlite->files.name, without_tables, error) &&
           sqlite_files_note(&sqlite->files, identity, error) &&
           checkpointer_start(sqlite->files.path, sqlite->database, &sqlite->checkpointer, error);
}

static const struct store_operations operations = {
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .put_draw = sqlite_put_draw,
    .put_agency = sqlite_put_agency,
    .add_chunk = sqlite_add_chunk,
    .add_winner = sqlite_add_winner,
    .get_draw = sqlite_get_draw,
    .agencies = sqlite_agencies,
    .numbers = sqlite_numbers,
    .chunks = sqlite_chunks,
    .pieces = sqlite_pieces,
    .winners = sqlite_winners,
    .check_files = sqlite_check_files,
    .close = sqlite_close,
};

static bool open_store(const char *path, const char *draw, enum store_mode mode,
                       struct store_identity *identity, struct store **store, struct error *error) {
    *store = NULL;
    if (strlen(draw) > DRAW_NAME_BYTES_MAX || draw[0] == '\0') {
        return error_set(error, ERROR_BAD_SETTING, "DRAW: a draw's name has 1 to %d bytes",
                         DRAW_NAME_BYTES_MAX);
    }
    if (!sqlite_files_check_name(path, error)) {
        return false;
    }
    struct sqlite_store *sqlite = calloc(1, sizeof *sqlite);
    if (sqlite == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    sqlite->store.operations = &operations;
    sqlite->serves = mode == STORE_SERVE;
    snprintf(sqlite->draw, sizeof sqlite->draw, "%s", draw);
    sqlite->store.address = sqlite->files.name;
    sqlite->store.draw_name = sqlite->draw;
    if (!sqlite_files_find(path, &sqlite->files, error) ||
        !(mode == STORE_SERVE ? open_to_serve(sqlite, identity, error) : open_to_read(sqlite, error))) {
        sqlite->store.failed = true;
        sqlite_close(&sqlite->store);
        return false;
    }
    *store = &sqlite->store;
    return true;
}

bool sqlite_store_open_same(const char *path, const char *draw, struct store_identity *identity,
                            struct store **store, struct error *error) {
    return open_store(identity->is_known ? identity->path : path, draw, STORE_SERVE, identity, store, error);
}

bool sqlite_store_open(const char *path, const char *draw, enum store_mode mode, struct store **store,
                       struct error *error) {
    return open_store(path, draw, mode, NULL, store, error);
}

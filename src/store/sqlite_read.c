// Reading from SQLite: each function hands on what its statement finds, row by row.
#include "store/sqlite_store.h"

#include "bet/errors.h"

#include <stdio.h>
#include <string.h>

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
        wanted = sqlite_fail(sqlite, "read", error);
    }
    sqlite3_reset(statement);
    return wanted;
}

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

bool sqlite_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    *found = false;
    struct draw_reading reading = {draw, found};
    sqlite3_stmt *statement = sqlite_prepare(of(store), GET_DRAW, error);
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

bool sqlite_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    struct agency_reading reading = {each, context};
    sqlite3_stmt *statement = sqlite_prepare(of(store), ALL_AGENCIES, error);
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

bool sqlite_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    sqlite3_stmt *statement = sqlite_prepare(of(store), ALL_NUMBERS, error);
    return statement != NULL && each_row(of(store), statement, read_chunk, &reading, error);
}

static sqlite3_int64 clamped(uint64_t position) {
    return position > INT64_MAX ? INT64_MAX : (sqlite3_int64)position;
}

bool sqlite_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    sqlite3_stmt *statement = sqlite_prepare(of(store), agency == 0 ? ALL_CHUNKS : SOME_CHUNKS, error);
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

bool sqlite_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error) {
    struct piece_reading reading = {each, context};
    sqlite3_stmt *statement = sqlite_prepare(of(store), SOME_PIECES, error);
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

bool sqlite_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    struct winner_reading reading = {each, context};
    sqlite3_stmt *statement = sqlite_prepare(of(store), ALL_WINNERS, error);
    return statement != NULL && each_row(of(store), statement, read_winner, &reading, error);
}

bool sqlite_check_files(struct store *store, store_on_damage on_damage, void *context, struct error *error) {
    sqlite3_stmt *statement = sqlite_prepare(of(store), INTEGRITY_CHECK, error);
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
    bool done = step == SQLITE_DONE || sqlite_fail(of(store), "check it", error);
    sqlite3_reset(statement);
    return done;
}

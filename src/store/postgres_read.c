// What the PostgreSQL store reads: row by row, within a group or in a snapshot of its own.
#include "store/postgres_store.h"

#include "bet/errors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Takes one row, which is the only one of the result.
typedef bool (*read_row)(const PGresult *row, void *context, struct error *error);

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
            wanted = read(result, context, error);
            if (!wanted) {
                cancel(postgres);
            }
        } else if (wanted && status != PGRES_TUPLES_OK) {
            wanted = postgres_link_fail(&postgres->link, result, "read", error);
        }
        PQclear(result);
    }
}

// In a transaction of its own, where there is none.
static bool query_alone(struct postgres_store *postgres, enum statement which,
                        const struct parameters *parameters, read_row read, void *context,
                        struct error *error) {
    return postgres_begin_reading(postgres, "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", error) &&
           postgres_send(postgres, which, parameters, "read", error) &&
           each_row(postgres, read, context, error) &&
           postgres_link_execute(&postgres->link, "COMMIT", "read", NULL, error);
}

// Within a group the pipeline is left for as long as the reading takes; the transaction goes on.
static bool query(struct store *store, enum statement which, const struct parameters *parameters,
                  read_row read, void *context, struct error *error) {
    struct postgres_store *postgres = of(store);
    bool in_group;
    if (!postgres_pause_group(postgres, &in_group, error)) {
        return false;
    }
    if (!in_group && !postgres->in_snapshot) {
        return query_alone(postgres, which, parameters, read, context, error);
    }
    return postgres_send(postgres, which, parameters, "read", error) &&
           each_row(postgres, read, context, error) && postgres_resume_group(postgres, in_group, error);
}

static void read_time(const PGresult *row, int column, char time[STORE_TIME_BYTES]) {
    snprintf(time, STORE_TIME_BYTES, "%s", PQgetvalue(row, 0, column)); // "" where it is NULL
}

struct draw_reading {
    struct stored_draw *draw;
    bool *found;
};

static bool read_draw(const PGresult *row, void *context, struct error *error) {
    struct draw_reading *reading = context;
    struct stored_draw *draw = reading->draw;
    const char *state = PQgetvalue(row, 0, 0);
    *reading->found = true;
    for (draw->state = DRAW_OPEN; draw->state <= DRAW_DRAWN; draw->state++) {
        if (strcmp(state, draw_state_name(draw->state)) == 0) {
            break;
        }
    }
    if (draw->state > DRAW_DRAWN) {
        return error_set(error, ERROR_STORE_FAILED, "the draw's stored state \"%s\" is none", state);
    }
    draw->agencies = (uint32_t)read_integer(row, 1);
    draw->winning_number = (uint16_t)read_integer(row, 2);
    read_time(row, 3, draw->opened_at);
    read_time(row, 4, draw->sealed_at);
    read_time(row, 5, draw->drawn_at);
    draw->winners_checksum = (uint64_t)read_integer(row, 6);
    draw->checksum = (uint64_t)read_integer(row, 7);
    return true;
}

bool postgres_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    struct draw_reading reading = {draw, found};
    struct parameters parameters = parameters_of(of(store));
    *found = false;
    return query(store, GET_DRAW, &parameters, read_draw, &reading, error);
}

struct agency_reading {
    store_each_agency each;
    void *context;
};

static bool read_agency(const PGresult *row, void *context, struct error *error) {
    struct agency_reading *reading = context;
    struct stored_agency agency = {
        .agency = (uint32_t)read_integer(row, 0),
        .bets = (uint64_t)read_integer(row, 1),
    };
    read_time(row, 2, agency.finished_at);
    read_time(row, 3, agency.told_at);
    agency.checksum = (uint64_t)read_integer(row, 4);
    return reading->each(reading->context, &agency, error);
}

bool postgres_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    struct agency_reading reading = {each, context};
    struct parameters parameters = parameters_of(of(store));
    return query(store, ALL_AGENCIES, &parameters, read_agency, &reading, error);
}

static bool keep_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    *(struct stored_agency *)context = *agency;
    return true;
}

bool postgres_get_agency(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                         struct error *error) {
    struct agency_reading reading = {keep_agency, agency};
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, number);
    *agency = (struct stored_agency){0};
    if (!postgres_end_snapshot(of(store), error) ||
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

bool postgres_lock_agencies(struct store *store, const uint32_t *numbers, size_t count,
                            store_each_agency each, void *context, struct error *error) {
    struct agency_reading reading = {each, context};
    struct parameters parameters = parameters_of(of(store));
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

static bool read_number(const PGresult *row, void *context, struct error *error) {
    (void)error;
    *(struct number_reading *)context = (struct number_reading){
        .number = read_integer(row, 0),
        .second = PQnfields(row) > 1 ? read_integer(row, 1) : 0,
        .found = true,
    };
    return true;
}

// The count is what decides quickly; before it decides, the rows themselves are counted.
bool postgres_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                             struct error *error) {
    struct number_reading count = {0}, rows = {0};
    struct parameters parameters = parameters_of(of(store));
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
    parameters = parameters_of(of(store));
    return query(store, FINISHED_ROWS, &parameters, read_number, &rows, error) &&
           (count.number == rows.number ||
            error_set(error, ERROR_STORE_FAILED,
                      "%s: the store is damaged: draw \"%s\" says that %lld agencies have finished, and %lld "
                      "have",
                      of(store)->link.place, of(store)->draw, (long long)count.number,
                      (long long)rows.number));
}

bool postgres_lock_draw(struct store *store, struct error *error) {
    struct number_reading row = {0};
    struct parameters parameters = parameters_of(of(store));
    return query(store, LOCK_DRAW, &parameters, read_number, &row, error);
}

bool postgres_claim_draw(struct store *store, bool *claimed, struct error *error) {
    struct number_reading row = {0};
    struct parameters parameters = parameters_of(of(store));
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

static bool read_chunk(const PGresult *row, void *context, struct error *error) {
    struct chunk_reading *reading = context;
    struct stored_chunk chunk = {
        .agency = (uint32_t)read_integer(row, 0),
        .first = (uint64_t)read_integer(row, 1),
        .count = (uint32_t)read_integer(row, 2),
        .checksum = (uint64_t)read_integer(row, 4),
    };
    if (PQgetlength(row, 0, 3) == STORE_DIGEST_BYTES && PQgetlength(row, 0, 5) == (int64_t)chunk.count * 2) {
        memcpy(chunk.digest, PQgetvalue(row, 0, 3), sizeof chunk.digest);
        chunk.numbers = (const uint8_t *)PQgetvalue(row, 0, 5);
    }
    if (PQnfields(row) > 6) {
        chunk.rows = PQgetvalue(row, 0, 6);
        chunk.rows_length = (size_t)PQgetlength(row, 0, 6);
    }
    return reading->each(reading->context, &chunk, error);
}

bool postgres_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    struct parameters parameters = parameters_of(of(store));
    return query(store, ALL_NUMBERS, &parameters, read_chunk, &reading, error);
}

static int64_t clamped(uint64_t position) {
    return position > INT64_MAX ? INT64_MAX : (int64_t)position;
}

bool postgres_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                     void *context, struct error *error) {
    struct chunk_reading reading = {each, context};
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, clamped(from));
    bind_integer(&parameters, clamped(to));
    if (agency != 0) {
        bind_integer(&parameters, agency);
    }
    return query(store, agency == 0 ? ALL_CHUNKS : SOME_CHUNKS, &parameters, read_chunk, &reading, error);
}

struct piece_reading {
    store_each_piece each;
    void *context;
};

static bool read_piece(const PGresult *row, void *context, struct error *error) {
    struct piece_reading *reading = context;
    struct stored_piece piece = {
        .first = (uint64_t)read_integer(row, 0),
        .count = (uint32_t)read_integer(row, 1),
    };
    if (PQgetlength(row, 0, 2) == STORE_DIGEST_BYTES) {
        piece.digest = (const uint8_t *)PQgetvalue(row, 0, 2);
    }
    return reading->each(reading->context, &piece, error);
}

bool postgres_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                     store_each_piece each, void *context, struct error *error) {
    struct piece_reading reading = {each, context};
    struct parameters parameters = parameters_of(of(store));
    bind_integer(&parameters, agency);
    bind_integer(&parameters, clamped(from));
    bind_integer(&parameters, count_max);
    return query(store, SOME_PIECES, &parameters, read_piece, &reading, error);
}

struct winner_reading {
    store_each_winner each;
    void *context;
};

static bool read_winner(const PGresult *row, void *context, struct error *error) {
    struct winner_reading *reading = context;
    struct stored_winner winner = {
        .agency = (uint32_t)read_integer(row, 0),
        .bet = (uint64_t)read_integer(row, 1),
        .document = PQgetvalue(row, 0, 2),
    };
    return reading->each(reading->context, &winner, error);
}

bool postgres_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    struct winner_reading reading = {each, context};
    struct parameters parameters = parameters_of(of(store));
    return query(store, ALL_WINNERS, &parameters, read_winner, &reading, error);
}

// PostgreSQL's own tools look after its files (pg_amcheck). What is no row of store.h's is looked at here:
// the count of the agencies that have finished.
bool postgres_check_files(struct store *store, store_on_damage on_damage, void *context,
                          struct error *error) {
    struct number_reading count = {0}, rows = {0};
    struct parameters parameters = parameters_of(of(store));
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

bool postgres_snapshot(struct store *store, struct error *error) {
    struct postgres_store *postgres = of(store);
    if (!postgres_end_snapshot(postgres, error)) {
        return false;
    }
    postgres->in_snapshot =
        postgres_begin_reading(postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
    return postgres->in_snapshot;
}

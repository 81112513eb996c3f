#include "store/sql.h"

#include "bet/errors.h"
#include "store/sql_texts.h"

#include <assert.h>
#include <string.h>

// Values --------------------------------------------------------------------------------------------------

static struct sql_value *add(struct sql_values *values, enum sql_type type) {
    assert(values->count < SQL_VALUES_MAX);
    struct sql_value *value = &values->all[values->count++];
    value->type = type;
    return value;
}

void sql_values_add_bytes(struct sql_values *values, const void *bytes, size_t length) {
    struct sql_value *value = add(values, SQL_BYTES);
    value->bytes = bytes;
    value->length = length;
}

void sql_values_add_text_of(struct sql_values *values, const char *text, size_t length) {
    struct sql_value *value = add(values, SQL_TEXT);
    value->bytes = text;
    value->length = length;
}

void sql_values_add_text(struct sql_values *values, const char *text) {
    sql_values_add_text_of(values, text, strlen(text));
}

void sql_values_add_integer(struct sql_values *values, int64_t integer) {
    add(values, SQL_INTEGER)->integer = integer;
}

void sql_values_begin(struct sql_values *values, const struct store *store) {
    values->count = 0;
    sql_values_add_text(values, store->draw_name);
}

bool sql_values_begin_rows(struct sql_values *values, struct store *store, struct error *error) {
    struct sql_store *sql = (struct sql_store *)store;
    if (sql->database->number_of_draw == NULL) {
        sql_values_begin(values, store);
        return true;
    }
    if (sql->draw_number == 0 && !sql->database->number_of_draw(store, &sql->draw_number, error)) {
        return false;
    }
    values->count = 0;
    sql_values_add_integer(values, sql->draw_number);
    return true;
}

// Writing -------------------------------------------------------------------------------------------------

static bool change(struct store *store, enum sql_statement statement, const struct sql_values *values,
                   const char *what, struct error *error) {
    return ((struct sql_store *)store)->database->change(store, (int)statement, values, what, error);
}

static void add_if(struct sql_values *values, bool are_there, const void *bytes, size_t length) {
    sql_values_add_bytes(values, are_there ? bytes : NULL, are_there ? length : 0);
}

bool sql_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_text(&values, draw_state_name(draw->state));
    sql_values_add_integer(&values, draw->agencies);
    sql_values_add_text(&values, number_mode_name(draw->number_mode));
    sql_values_add_integer(&values, draw->has_number ? draw->winning_number : -1);
    sql_values_add_text(&values, draw->opened_at);
    sql_values_add_text(&values, draw->closes_at);
    sql_values_add_text(&values, draw->closes_text);
    sql_values_add_text(&values, draw->closed_at);
    sql_values_add_text(&values, draw->sealed_at);
    sql_values_add_text(&values, draw->drawn_at);
    sql_values_add_text(&values, draw->erased_at);
    sql_values_add_text(&values, draw->changed_at);
    sql_values_add_integer(&values, (int64_t)draw->voided);
    sql_values_add_integer(&values, draw->rules);
    add_if(&values, draw->has_secret, draw->secret, sizeof draw->secret);
    add_if(&values, draw->has_root, draw->root, sizeof draw->root);
    sql_values_add_text(&values, draw->forked_at);
    sql_values_add_integer(&values, (int64_t)draw->winners_checksum);
    sql_values_add_integer(&values, (int64_t)draw->checksum);
    sql_values_add_integer(&values, (int64_t)draw->replaces);
    sql_values_add_integer(&values, draw->number);
    if (!change(store, SQL_PUT_DRAW, &values, "store the draw", error)) {
        return false;
    }
    ((struct sql_store *)store)->draw_number = draw->number;
    return true;
}

// Only a draw that has a row can have others.
static bool begin_row(struct sql_values *values, struct store *store, struct error *error) {
    return sql_values_begin_rows(values, store, error) &&
           (values->all[0].type == SQL_TEXT || values->all[0].integer != 0 ||
            error_set(error, ERROR_STORE_FAILED, "%.150s: draw \"%s\" has no row", store->address,
                      store->draw_name));
}

bool sql_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    struct sql_values values;
    if (!begin_row(&values, store, error)) {
        return false;
    }
    sql_values_add_integer(&values, agency->agency);
    sql_values_add_integer(&values, (int64_t)agency->bets);
    sql_values_add_text(&values, agency->finished_at);
    sql_values_add_text(&values, agency_ending_name(agency->ending));
    sql_values_add_text(&values, agency->told_at);
    sql_values_add_integer(&values, agency->voidings);
    sql_values_add_integer(&values, agency->receipted);
    sql_values_add_integer(&values, (int64_t)agency->checksum);
    sql_values_add_integer(&values, (int64_t)agency->replaces);
    return change(store, SQL_PUT_AGENCY, &values, "store an agency", error);
}

bool sql_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    struct sql_values values;
    if (!begin_row(&values, store, error)) {
        return false;
    }
    sql_values_add_integer(&values, chunk->agency);
    sql_values_add_integer(&values, (int64_t)chunk->first);
    sql_values_add_integer(&values, chunk->count);
    sql_values_add_bytes(&values, chunk->digest, STORE_DIGEST_BYTES);
    sql_values_add_integer(&values, (int64_t)chunk->checksum);
    sql_values_add_bytes(&values, chunk->numbers, (size_t)chunk->count * 2);
    sql_values_add_text_of(&values, chunk->rows, chunk->rows_length);
    return change(store, SQL_ADD_CHUNK, &values, "store a chunk", error);
}

bool sql_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    struct sql_values values;
    if (!begin_row(&values, store, error)) {
        return false;
    }
    sql_values_add_integer(&values, winner->agency);
    sql_values_add_integer(&values, (int64_t)winner->bet);
    sql_values_add_text(&values, winner->document);
    return change(store, SQL_ADD_WINNER, &values, "store a winner", error);
}

bool sql_add_paper(struct store *store, const struct stored_paper *paper, struct error *error) {
    struct sql_values values;
    if (!begin_row(&values, store, error)) {
        return false;
    }
    sql_values_add_text(&values, store_paper_name(paper->kind));
    sql_values_add_integer(&values, paper->number);
    sql_values_add_integer(&values, (int64_t)paper->checksum);
    sql_values_add_bytes(&values, paper->bytes, paper->length);
    return change(store, SQL_ADD_PAPER, &values, "store a paper", error);
}

// Columns -------------------------------------------------------------------------------------------------

static int64_t read_integer(const struct sql_row *row, int column) {
    return row->columns->integer(row->row, column);
}

static const char *read_text(const struct sql_row *row, int column) {
    size_t ignored;
    return row->columns->text(row->row, column, &ignored);
}

static const void *read_bytes(const struct sql_row *row, int column, size_t *length) {
    return row->columns->bytes(row->row, column, length);
}

// "" where there is none.
static void copy_text(const struct sql_row *row, int column, char *to, size_t size) {
    const char *text = read_text(row, column);
    snprintf(to, size, "%s", text == NULL ? "" : text);
}

static void read_time(const struct sql_row *row, int column, char time[STORE_TIME_BYTES]) {
    copy_text(row, column, time, STORE_TIME_BYTES);
}

// Whether there are so many bytes, and no others. Of another length they count as none, which shows in the
// row's checksum.
static bool read_fixed(const struct sql_row *row, int column, uint8_t *bytes, size_t length) {
    size_t found;
    const void *from = read_bytes(row, column, &found);
    bool are_there = from != NULL && found == length;
    memset(bytes, 0, length);
    if (are_there) {
        memcpy(bytes, from, length);
    }
    return are_there;
}

// Reading -------------------------------------------------------------------------------------------------

static bool query(struct store *store, enum sql_statement statement, const struct sql_values *values,
                  const struct sql_reader *reader, struct error *error) {
    return ((struct sql_store *)store)->database->query(store, (int)statement, values, reader, error);
}

// Every row of the draw, of one table.
static bool query_all(struct store *store, enum sql_statement statement, const struct sql_reader *reader,
                      struct error *error) {
    struct sql_values values;
    return sql_values_begin_rows(&values, store, error) && query(store, statement, &values, reader, error);
}

struct draw_place {
    struct stored_draw *draw;
    bool *found;
};

bool sql_read_draw(const struct sql_row *row, struct stored_draw *draw, struct error *error) {
    char state[STORE_TEXT_BYTES], mode[STORE_TEXT_BYTES];
    copy_text(row, 0, state, sizeof state);
    copy_text(row, 2, mode, sizeof mode);
    if (!draw_state_parse(state, &draw->state)) {
        return error_set(error, ERROR_STORE_FAILED, "the draw is stored in the unknown state \"%s\"", state);
    }
    if (!number_mode_parse(mode, &draw->number_mode)) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the draw is stored with the unknown kind of number \"%s\"", mode);
    }
    int64_t number = read_integer(row, 3);
    draw->agencies = (uint32_t)read_integer(row, 1);
    draw->has_number = number >= 0;
    draw->winning_number = number >= 0 ? (uint16_t)number : 0;
    read_time(row, 4, draw->opened_at);
    read_time(row, 5, draw->closes_at);
    copy_text(row, 6, draw->closes_text, sizeof draw->closes_text);
    read_time(row, 7, draw->closed_at);
    read_time(row, 8, draw->sealed_at);
    read_time(row, 9, draw->drawn_at);
    read_time(row, 10, draw->erased_at);
    read_time(row, 11, draw->changed_at);
    draw->voided = (uint64_t)read_integer(row, 12);
    draw->rules = (uint32_t)read_integer(row, 13);
    draw->has_secret = read_fixed(row, 14, draw->secret, sizeof draw->secret);
    draw->has_root = read_fixed(row, 15, draw->root, sizeof draw->root);
    read_time(row, 16, draw->forked_at);
    draw->winners_checksum = (uint64_t)read_integer(row, 17);
    draw->checksum = (uint64_t)read_integer(row, 18);
    draw->number = (uint32_t)read_integer(row, SQL_DRAW_NUMBER);
    return true;
}

static bool take_draw(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    const struct draw_place *place = reader->context;
    *place->found = true;
    return sql_read_draw(row, place->draw, error);
}

bool sql_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    struct draw_place place = {draw, found};
    struct sql_reader reader = {.take = take_draw, .context = &place};
    struct sql_values values;
    *found = false;
    sql_values_begin(&values, store);
    if (!query(store, SQL_GET_DRAW, &values, &reader, error)) {
        return false;
    }
    ((struct sql_store *)store)->draw_number = *found ? draw->number : 0;
    return true;
}

static bool take_any_draw(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_draw draw;
    char name[DRAW_NAME_BYTES_MAX + 1];
    copy_text(row, SQL_DRAW_NAME, name, sizeof name);
    bool done = sql_read_draw(row, &draw, error) && reader->each.draw(reader->context, name, &draw, error);
    stored_draw_forget(&draw);
    return done;
}

bool sql_draws(struct store *store, store_each_draw each, void *context, struct error *error) {
    struct sql_reader reader = {.take = take_any_draw, .each.draw = each, .context = context};
    struct sql_values values;
    sql_values_begin(&values, store);
    return query(store, SQL_ALL_DRAWS, &values, &reader, error);
}

static bool take_agency(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_agency agency = {
        .agency = (uint32_t)read_integer(row, 0),
        .bets = (uint64_t)read_integer(row, 1),
        .voidings = (uint32_t)read_integer(row, 5),
        .receipted = read_integer(row, 6) != 0,
        .checksum = (uint64_t)read_integer(row, 7),
    };
    char ending[STORE_TEXT_BYTES];
    copy_text(row, 3, ending, sizeof ending);
    agency.ending = agency_ending_of(ending);
    read_time(row, 2, agency.finished_at);
    read_time(row, 4, agency.told_at);
    return reader->each.agency(reader->context, &agency, error);
}

struct sql_reader sql_agency_reader(store_each_agency each, void *context) {
    return (struct sql_reader){.take = take_agency, .each.agency = each, .context = context};
}

bool sql_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    struct sql_reader reader = sql_agency_reader(each, context);
    return query_all(store, SQL_ALL_AGENCIES, &reader, error);
}

// SQL_NUMBERS_COLUMNS. Numbers of the wrong size are left out, which marks the row as damaged.
static struct stored_chunk read_chunk(const struct sql_row *row) {
    struct stored_chunk chunk = {
        .agency = (uint32_t)read_integer(row, 0),
        .first = (uint64_t)read_integer(row, 1),
        .count = (uint32_t)read_integer(row, 2),
        .checksum = (uint64_t)read_integer(row, 4),
    };
    size_t digest_length, numbers_length;
    const void *digest = read_bytes(row, 3, &digest_length);
    const void *numbers = read_bytes(row, 5, &numbers_length);
    if (digest != NULL && digest_length == STORE_DIGEST_BYTES && numbers_length == (size_t)chunk.count * 2) {
        memcpy(chunk.digest, digest, sizeof chunk.digest);
        chunk.numbers = numbers;
    }
    return chunk;
}

static bool take_numbers(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_chunk chunk = read_chunk(row);
    return reader->each.chunk(reader->context, &chunk, error);
}

bool sql_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    struct sql_reader reader = {.take = take_numbers, .each.chunk = each, .context = context};
    return query_all(store, SQL_ALL_NUMBERS, &reader, error);
}

static bool take_chunk(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_chunk chunk = read_chunk(row);
    chunk.rows = row->columns->text(row->row, 6, &chunk.rows_length);
    return reader->each.chunk(reader->context, &chunk, error);
}

static bool take_voided(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_chunk chunk = read_chunk(row);
    chunk.rows = row->columns->text(row->row, 6, &chunk.rows_length);
    return reader->each.voided(reader->context, (uint32_t)read_integer(row, 7), &chunk, error);
}

bool sql_voided(struct store *store, store_each_voided each, void *context, struct error *error) {
    struct sql_reader reader = {.take = take_voided, .each.voided = each, .context = context};
    return query_all(store, SQL_ALL_VOIDED, &reader, error);
}

// A database's integers are signed.
static int64_t clamped(uint64_t position) {
    return position > INT64_MAX ? INT64_MAX : (int64_t)position;
}

bool sql_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                void *context, struct error *error) {
    struct sql_reader reader = {.take = take_chunk, .each.chunk = each, .context = context};
    struct sql_values values;
    if (!sql_values_begin_rows(&values, store, error)) {
        return false;
    }
    sql_values_add_integer(&values, clamped(from));
    sql_values_add_integer(&values, clamped(to));
    if (agency == 0) {
        return query(store, SQL_ALL_CHUNKS, &values, &reader, error);
    }
    sql_values_add_integer(&values, agency);
    return query(store, SQL_SOME_CHUNKS, &values, &reader, error);
}

static bool take_piece(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    size_t length;
    struct stored_piece piece = {
        .first = (uint64_t)read_integer(row, 0),
        .count = (uint32_t)read_integer(row, 1),
        .digest = read_bytes(row, 2, &length),
    };
    if (length != STORE_DIGEST_BYTES) {
        piece.digest = NULL;
    }
    return reader->each.piece(reader->context, &piece, error);
}

bool sql_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                store_each_piece each, void *context, struct error *error) {
    struct sql_reader reader = {.take = take_piece, .each.piece = each, .context = context};
    struct sql_values values;
    if (!sql_values_begin_rows(&values, store, error)) {
        return false;
    }
    sql_values_add_integer(&values, agency);
    sql_values_add_integer(&values, clamped(from));
    sql_values_add_integer(&values, count_max);
    return query(store, SQL_SOME_PIECES, &values, &reader, error);
}

static bool take_winner(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_winner winner = {
        .agency = (uint32_t)read_integer(row, 0),
        .bet = (uint64_t)read_integer(row, 1),
        .document = read_text(row, 2),
    };
    return reader->each.winner(reader->context, &winner, error);
}

bool sql_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    struct sql_reader reader = {.take = take_winner, .each.winner = each, .context = context};
    return query_all(store, SQL_ALL_WINNERS, &reader, error);
}

static bool take_paper(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct stored_paper paper = {
        .number = (uint32_t)read_integer(row, 1),
        .checksum = (uint64_t)read_integer(row, 2),
    };
    char kind[STORE_TEXT_BYTES];
    copy_text(row, 0, kind, sizeof kind);
    paper.kind = store_paper_of(kind);
    paper.bytes = read_bytes(row, 3, &paper.length);
    return reader->each.paper(reader->context, &paper, error);
}

bool sql_papers(struct store *store, store_each_paper each, void *context, struct error *error) {
    struct sql_reader reader = {.take = take_paper, .each.paper = each, .context = context};
    return query_all(store, SQL_ALL_PAPERS, &reader, error);
}

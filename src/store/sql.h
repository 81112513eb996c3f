// The common part of SQLite and PostgreSQL: the statements that store and read rows, and the conversion of
// rows to and from values and columns. The databases differ in how they run a statement.
#ifndef QUINIELA_STORE_SQL_H
#define QUINIELA_STORE_SQL_H

#include "store/backend.h"

enum sql_statement {
    SQL_PUT_DRAW,
    SQL_PUT_AGENCY,
    SQL_ADD_CHUNK,
    SQL_ADD_WINNER,
    SQL_ADD_PAPER,
    SQL_GET_DRAW,
    SQL_ALL_DRAWS,
    SQL_ALL_AGENCIES,
    SQL_ALL_NUMBERS,
    SQL_ALL_CHUNKS,
    SQL_SOME_CHUNKS,
    SQL_SOME_PIECES,
    SQL_ALL_WINNERS,
    SQL_ALL_VOIDED,
    SQL_ALL_PAPERS,
    SQL_STATEMENTS, // a database's own statements follow
};

// Values, in the order of a statement's parameters --------------------------------------------------------

enum sql_type { SQL_INTEGER, SQL_TEXT, SQL_BYTES };

struct sql_value {
    enum sql_type type;
    int64_t integer;
    const void *bytes; // of a text or bytes: borrowed until the statement has been run
    size_t length;
};

enum { SQL_VALUES_MAX = 22 };

struct sql_values {
    int count;
    struct sql_value all[SQL_VALUES_MAX];
};

// Sets *values to the draw's name alone, which is the first parameter of every statement about the row of the
// draw itself.
void sql_values_begin(struct sql_values *values, const struct store *store);
// Sets *values to what stands for the draw in all other rows, the first parameter of every statement about
// them: the draw's name, or its number (0 if it has no row). False when the number cannot be read.
bool sql_values_begin_rows(struct sql_values *values, struct store *store, struct error *error) MUST_CHECK;
// Add the next value, at most SQL_VALUES_MAX in all. Text and bytes are borrowed until the statement has been
// run; bytes at NULL, of length 0, are the database's NULL.
void sql_values_add_integer(struct sql_values *values, int64_t integer);
void sql_values_add_text(struct sql_values *values, const char *text);
void sql_values_add_text_of(struct sql_values *values, const char *text, size_t length);
void sql_values_add_bytes(struct sql_values *values, const void *bytes, size_t length);

// Rows of an answer ---------------------------------------------------------------------------------------

// How a database hands out the columns of a row, from 0.
struct sql_columns {
    int64_t (*integer)(void *row, int column); // 0 where there is none
    const char *(*text)(void *row, int column, size_t *length);
    const void *(*bytes)(void *row, int column, size_t *length);
};

struct sql_row {
    const struct sql_columns *columns;
    void *row; // the database's own
};

// Takes the columns of a draw's row, SQL_DRAW_COLUMNS and its number (0 if it has none), into *draw.
// ERROR_STORE_FAILED when its state is not known.
bool sql_read_draw(const struct sql_row *row, struct stored_draw *draw, struct error *error) MUST_CHECK;

// Takes each row of an answer. Returns false to stop, with `error` set.
struct sql_reader {
    bool (*take)(const struct sql_reader *reader, const struct sql_row *row, struct error *error);
    union { // the function to which `take` hands the row
        store_each_draw draw;
        store_each_agency agency;
        store_each_chunk chunk;
        store_each_piece piece;
        store_each_winner winner;
        store_each_voided voided;
        store_each_paper paper;
    } each;
    void *context;
};

// The reader of SQL_AGENCY_COLUMNS.
struct sql_reader sql_agency_reader(store_each_agency each, void *context);

// Stores --------------------------------------------------------------------------------------------------

// How a database runs a statement. `what` is for the message: "cannot WHAT".
struct sql_database {
    // Within a group: runs a statement that returns no row.
    bool (*change)(struct store *store, int statement, const struct sql_values *values, const char *what,
                   struct error *error);
    // Hands each row of the answer to the reader.
    bool (*query)(struct store *store, int statement, const struct sql_values *values,
                  const struct sql_reader *reader, struct error *error);
    // Of a database whose rows have the draw's number in place of its name; NULL otherwise. Reads it: 0 if
    // the draw has no row.
    bool (*number_of_draw)(struct store *store, uint32_t *number, struct error *error);
};

// Such a store's own struct begins with this one.
struct sql_store {
    struct store store; // first, so that a pointer to one is a pointer to the other
    const struct sql_database *database;
    uint32_t draw_number; // 0: not known. A database that has numbers sets it to 0 when it rolls back
};

// These are operations of backend.h.
bool sql_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) MUST_CHECK;
bool sql_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) MUST_CHECK;
bool sql_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) MUST_CHECK;
bool sql_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) MUST_CHECK;
bool sql_add_paper(struct store *store, const struct stored_paper *paper, struct error *error) MUST_CHECK;
bool sql_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) MUST_CHECK;
bool sql_draws(struct store *store, store_each_draw each, void *context, struct error *error) MUST_CHECK;
bool sql_agencies(struct store *store, store_each_agency each, void *context, struct error *error) MUST_CHECK;
bool sql_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) MUST_CHECK;
bool sql_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                void *context, struct error *error) MUST_CHECK;
bool sql_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                store_each_piece each, void *context, struct error *error) MUST_CHECK;
bool sql_voided(struct store *store, store_each_voided each, void *context, struct error *error) MUST_CHECK;
bool sql_winners(struct store *store, store_each_winner each, void *context, struct error *error) MUST_CHECK;
bool sql_papers(struct store *store, store_each_paper each, void *context, struct error *error) MUST_CHECK;

#endif

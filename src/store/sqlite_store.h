// The SQLite store from inside: its statements, its groups and its reading, each in a file of its own.
#ifndef QUINIELA_STORE_SQLITE_STORE_H
#define QUINIELA_STORE_SQLITE_STORE_H

#include "bet/limits.h"
#include "store/sqlite_checkpoint.h"
#include "store/sqlite_files.h"
#include "store/store.h"

#include <sqlite3.h>

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

struct sqlite_store {
    struct store store; // first, so that a pointer to the one is a pointer to the other
    sqlite3 *database;
    struct checkpointer *checkpointer; // of STORE_SERVE
    sqlite3_stmt *statements[STATEMENTS];
    struct sqlite_files files;
    char draw[DRAW_NAME_BYTES_MAX + 1];
    bool serves; // and does not only read
};

static inline struct sqlite_store *of(struct store *store) {
    return (struct sqlite_store *)store;
}

// Says in `error` that SQLite could not do `what`, and why. Always returns false.
bool sqlite_fail(struct sqlite_store *sqlite, const char *what, struct error *error);

// sqlite_statements.c: the statement, ready to be bound, with the draw bound to it. The store keeps it. NULL
// with `error` set when it cannot be had.
sqlite3_stmt *sqlite_prepare(struct sqlite_store *sqlite, enum statement which, struct error *error);

// sqlite_statements.c: runs a statement that returns no rows. `what` is for the message: "cannot WHAT".
bool sqlite_run(struct sqlite_store *sqlite, sqlite3_stmt *statement, const char *what,
                struct error *error) MUST_CHECK;
bool sqlite_run_plain(struct store *store, enum statement which, const char *what,
                      struct error *error) MUST_CHECK;

// sqlite_read.c: of store.h, the functions that read.
bool sqlite_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                     struct error *error) MUST_CHECK;
bool sqlite_agencies(struct store *store, store_each_agency each, void *context,
                     struct error *error) MUST_CHECK;
bool sqlite_numbers(struct store *store, store_each_chunk each, void *context,
                    struct error *error) MUST_CHECK;
bool sqlite_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error) MUST_CHECK;
bool sqlite_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error) MUST_CHECK;
bool sqlite_winners(struct store *store, store_each_winner each, void *context,
                    struct error *error) MUST_CHECK;
bool sqlite_check_files(struct store *store, store_on_damage on_damage, void *context,
                        struct error *error) MUST_CHECK;

#endif

// The PostgreSQL store from inside: its statements, its groups and its reading, each in a file of its own.
#ifndef QUINIELA_STORE_POSTGRES_STORE_H
#define QUINIELA_STORE_POSTGRES_STORE_H

#include "bet/limits.h"
#include "store/postgres_link.h"
#include "store/store.h"

enum { PARAMETERS_MAX = 10 };

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
    LOCK_DRAW,
    HOLD_DRAW,
    CONFIRM,
    CLAIM_DRAW,
    ALL_NUMBERS,
    ALL_CHUNKS,
    SOME_CHUNKS,
    SOME_PIECES,
    ALL_WINNERS,
    STATEMENTS,
};

struct postgres_store {
    struct store store; // first, so that a pointer to the one is a pointer to the other
    struct postgres_link link;
    char draw[DRAW_NAME_BYTES_MAX + 1];
    char *settings;    // the statement that has a transaction be what a promise needs
    int unread;        // statements of the pipeline whose results have not been read
    int parsed;        // the statement that the database has parsed last in the open group, or -1
    bool draw_changed; // in the open group
    bool in_snapshot;  // a transaction of its own, for reading
};

static inline struct postgres_store *of(struct store *store) {
    return (struct postgres_store *)store;
}

// The values of a statement. What is bound has to live until it is sent.
struct parameters {
    int count;
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
    int64_t integers[PARAMETERS_MAX]; // big-endian, where values points to
};

struct parameters parameters_of(struct postgres_store *postgres); // with the draw as $1
void bind_bytes(struct parameters *parameters, const void *bytes, size_t length);
void bind_text(struct parameters *parameters, const char *text);
void bind_integer(struct parameters *parameters, int64_t value);

// The 64-bit integer in a column of a result's first row; 0 when it is none.
int64_t read_integer(const PGresult *row, int column);

// postgres_statements.c: sends a statement, without a name: one with a name lives in the session, which
// behind a pooler is another one with each transaction. `what` is for the message: "cannot WHAT".
bool postgres_send(struct postgres_store *postgres, enum statement which, const struct parameters *parameters,
                   const char *what, struct error *error) MUST_CHECK;

// postgres_session.c: reads what a transaction is to be told (postgres->settings). When the store is opened.
bool postgres_read_settings(struct postgres_store *postgres, struct error *error) MUST_CHECK;

// postgres_session.c: begins a transaction outside of a group, for reading.
bool postgres_begin_reading(struct postgres_store *postgres, const char *begin,
                            struct error *error) MUST_CHECK;

// postgres_session.c: what is asked before a COMMIT, and whether the answer is what a promise needs.
extern const char postgres_question[];
bool postgres_check_answer(struct postgres_store *postgres, const PGresult *answer,
                           struct error *error) MUST_CHECK;

// postgres_group.c: the store's operations (store.h) within a group.
bool postgres_begin(struct store *store, struct error *error) MUST_CHECK;
bool postgres_commit(struct store *store, struct error *error) MUST_CHECK;
void postgres_rollback(struct store *store);
bool postgres_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) MUST_CHECK;
bool postgres_put_agency(struct store *store, const struct stored_agency *agency,
                         struct error *error) MUST_CHECK;
bool postgres_add_chunk(struct store *store, const struct stored_chunk *chunk,
                        struct error *error) MUST_CHECK;
bool postgres_add_winner(struct store *store, const struct stored_winner *winner,
                         struct error *error) MUST_CHECK;
bool postgres_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) MUST_CHECK;
bool postgres_confirm(struct store *store, struct error *error) MUST_CHECK;

// Leaves the group's pipeline, with everything read that was sent, for as long as something is asked for; and
// goes back. Outside of a group they do nothing.
bool postgres_pause_group(struct postgres_store *postgres, bool *in_group, struct error *error) MUST_CHECK;
bool postgres_resume_group(struct postgres_store *postgres, bool in_group, struct error *error) MUST_CHECK;

// Ends the transaction that postgres_snapshot has begun, if any.
bool postgres_end_snapshot(struct postgres_store *postgres, struct error *error) MUST_CHECK;

// postgres_read.c: the store's operations that read.
bool postgres_snapshot(struct store *store, struct error *error) MUST_CHECK;
bool postgres_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                       struct error *error) MUST_CHECK;
bool postgres_agencies(struct store *store, store_each_agency each, void *context,
                       struct error *error) MUST_CHECK;
bool postgres_get_agency(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                         struct error *error) MUST_CHECK;
bool postgres_lock_agencies(struct store *store, const uint32_t *numbers, size_t count,
                            store_each_agency each, void *context, struct error *error) MUST_CHECK;
bool postgres_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                             struct error *error) MUST_CHECK;
bool postgres_lock_draw(struct store *store, struct error *error) MUST_CHECK;
bool postgres_claim_draw(struct store *store, bool *claimed, struct error *error) MUST_CHECK;
bool postgres_numbers(struct store *store, store_each_chunk each, void *context,
                      struct error *error) MUST_CHECK;
bool postgres_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                     void *context, struct error *error) MUST_CHECK;
bool postgres_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                     store_each_piece each, void *context, struct error *error) MUST_CHECK;
bool postgres_winners(struct store *store, store_each_winner each, void *context,
                      struct error *error) MUST_CHECK;
bool postgres_check_files(struct store *store, store_on_damage on_damage, void *context,
                          struct error *error) MUST_CHECK;

#endif

#include "store/postgres_draws.h"

#include "bet/errors.h"
#include "store/postgres_read.h"
#include "store/postgres_store.h"
#include "store/sql_texts.h"

#include <inttypes.h>

static bool query(struct store *store, int which, const struct sql_reader *reader, struct error *error) {
    struct sql_values values;
    sql_values_begin(&values, store);
    return postgres_query(&postgres_of(store)->session, which, &values, reader, error);
}

// Numbers -------------------------------------------------------------------------------------------------

static bool take_number(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    *(uint32_t *)reader->context = (uint32_t)row->columns->integer(row->row, 0);
    return true;
}

// 0 if there is none.
static bool ask_number(struct store *store, int which, uint32_t *number, struct error *error) {
    struct sql_reader reader = {.take = take_number, .context = number};
    *number = 0;
    return query(store, which, &reader, error);
}

bool postgres_number_of_draw(struct store *store, uint32_t *number, struct error *error) {
    return ask_number(store, POSTGRES_NUMBER, number, error);
}

// Another server may take the same number at the same time, for another draw: the second of them finds that
// out when it stores the row (ERROR_STORE_STALE).
bool postgres_number_draw(struct store *store, uint32_t *number, struct error *error) {
    return ask_number(store, POSTGRES_FREE_NUMBER, number, error);
}

// Rows ----------------------------------------------------------------------------------------------------

static bool take_other_draw(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    const struct store *store = reader->context;
    struct stored_draw draw;
    size_t ignored;
    const char *name = row->columns->text(row->row, SQL_DRAW_NAME, &ignored);
    bool is_whole =
        sql_read_draw(row, &draw, error) &&
        (draw.checksum == stored_draw_checksum(name, &draw) ||
         error_set(error, ERROR_STORE_FAILED,
                   "%.80s: the row of draw \"%.20s\" is damaged; see quiniela check, and restore the store "
                   "from a copy",
                   store->address, name) ||
         error_because(error, CAUSE_DAMAGED));
    stored_draw_forget(&draw);
    return is_whole;
}

static bool take_orphan(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    const struct store *store = reader->context;
    return error_set(error, ERROR_STORE_FAILED,
                     "%.80s: the store is damaged: draw number %" PRId64
                     " has agencies, and its own row is missing; restore the store from a copy",
                     store->address, row->columns->integer(row->row, 0)) ||
           error_because(error, CAUSE_DAMAGED);
}

static bool none_was_lost(struct store *store, struct error *error) {
    struct sql_reader draws = {.take = take_other_draw, .context = store},
                      orphans = {.take = take_orphan, .context = store};
    return query(store, SQL_ALL_DRAWS, &draws, error) && query(store, POSTGRES_ORPHANS, &orphans, error);
}

bool postgres_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return sql_get_draw(store, draw, found, error) && (*found || none_was_lost(store, error));
}

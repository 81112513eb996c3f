#include "store/postgres_shared.h"

#include "bet/errors.h"
#include "store/postgres_group.h"
#include "store/postgres_read.h"
#include "store/postgres_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct postgres_session *session_of(struct store *store) {
    return &postgres_of(store)->session;
}

// Agencies ------------------------------------------------------------------------------------------------

static bool take_totals(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    *(struct stored_totals *)reader->context = (struct stored_totals){
        .rows = (uint32_t)row->columns->integer(row->row, 0),
        .last = (uint32_t)row->columns->integer(row->row, 1),
        .bets = (uint64_t)row->columns->integer(row->row, 2),
        .finished = (uint32_t)row->columns->integer(row->row, 3),
        .told = (uint32_t)row->columns->integer(row->row, 4),
    };
    return true;
}

bool postgres_total_agencies(struct store *store, struct stored_totals *totals, struct error *error) {
    struct sql_reader reader = {.take = take_totals, .context = totals};
    struct sql_values values;
    return sql_values_begin_rows(&values, store, error) &&
           postgres_query(session_of(store), POSTGRES_TOTAL_AGENCIES, &values, &reader, error);
}

static bool take_count(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    *(uint32_t *)reader->context = (uint32_t)row->columns->integer(row->row, 0);
    return true;
}

bool postgres_count_papers(struct store *store, uint32_t *count, struct error *error) {
    struct sql_reader reader = {.take = take_count, .context = count};
    struct sql_values values;
    return sql_values_begin_rows(&values, store, error) &&
           postgres_query(session_of(store), POSTGRES_COUNT_PAPERS, &values, &reader, error);
}

// "{1,2,3}", as PostgreSQL writes a list. The caller frees it.
static char *list_of(const uint32_t *numbers, size_t count) {
    enum { ITEM_BYTES = 11 }; // ten digits and what comes before or after them
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

bool postgres_some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                            store_each_agency each, void *context, struct error *error) {
    int statement = locks ? POSTGRES_LOCK_AGENCIES : POSTGRES_SOME_AGENCIES;
    struct sql_reader reader = sql_agency_reader(each, context);
    struct sql_values values;
    if (!sql_values_begin_rows(&values, store, error)) {
        return false;
    }
    char *list = list_of(numbers, count);
    if (list == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu agencies", count);
    }
    sql_values_add_text(&values, list);
    bool read = postgres_query(session_of(store), statement, &values, &reader, error);
    free(list);
    return read;
}

// Numbers -------------------------------------------------------------------------------------------------

// A row of one or two integers.
struct numbers {
    int64_t first, second;
    bool found;
};

static bool take_one(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    struct numbers *numbers = reader->context;
    numbers->first = row->columns->integer(row->row, 0);
    numbers->found = true;
    return true;
}

static bool take_two(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct numbers *numbers = reader->context;
    numbers->second = row->columns->integer(row->row, 1);
    return take_one(reader, row, error);
}

static bool ask(struct store *store, int which, const struct sql_values *values, struct numbers *answer,
                struct error *error) {
    struct sql_reader reader = {.take = take_one, .context = answer};
    *answer = (struct numbers){0};
    return postgres_query(session_of(store), which, values, &reader, error);
}

// With the draw's name as the only value.
static bool ask_number(struct store *store, int which, struct numbers *answer, struct error *error) {
    struct sql_values values;
    sql_values_begin(&values, store);
    return ask(store, which, &values, answer, error);
}

// How many rows say that their agency has finished.
static bool count_rows(struct store *store, struct numbers *answer, struct error *error) {
    struct sql_values values;
    return sql_values_begin_rows(&values, store, error) &&
           ask(store, POSTGRES_FINISHED_ROWS, &values, answer, error);
}

// Agencies that have finished -----------------------------------------------------------------------------

// Adds to the count; *answer gets the result, and how many agencies the draw has.
static bool add_finished(struct store *store, uint64_t draw_checksum, uint32_t more, struct numbers *answer,
                         struct error *error) {
    struct sql_reader reader = {.take = take_two, .context = answer};
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, (int64_t)draw_checksum);
    sql_values_add_integer(&values, more);
    return postgres_query(session_of(store), POSTGRES_COUNT_FINISHED, &values, &reader, error);
}

// The count gives a quick answer; before it seals the draw, the rows themselves are counted.
bool postgres_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                             struct error *error) {
    struct numbers count = {0}, rows;
    if (!add_finished(store, draw_checksum, more, &count, error)) {
        return false;
    }
    if (!count.found) {
        return error_set(error, ERROR_STORE_STALE, "another server has changed the draw");
    }
    *finished = (uint32_t)count.first;
    if (count.first < count.second) {
        return true;
    }
    return count_rows(store, &rows, error) &&
           (count.first == rows.first ||
            error_set(error, ERROR_STORE_FAILED,
                      "%s: the store is damaged: draw \"%s\" says that %lld agencies have finished, and %lld "
                      "have",
                      store->address, store->draw_name, (long long)count.first, (long long)rows.first));
}

// PostgreSQL's own tools check its files (pg_amcheck). This checks the only value that is not in a row of
// rows.h: the count of the agencies that have finished.
bool postgres_check_files(struct store *store, store_on_damage on_damage, void *context,
                          struct error *error) {
    struct numbers count, rows;
    if (!ask_number(store, POSTGRES_FINISHED_COUNT, &count, error) || !count_rows(store, &rows, error)) {
        return false;
    }
    if (count.found && count.first != rows.first) {
        char damage[128];
        snprintf(damage, sizeof damage, "its row says that %lld agencies have finished, and %lld have",
                 (long long)count.first, (long long)rows.first);
        on_damage(context, damage);
    }
    return true;
}

// The draw's row ------------------------------------------------------------------------------------------

bool postgres_lock_draw(struct store *store, struct error *error) {
    struct numbers row;
    return ask_number(store, POSTGRES_LOCK_DRAW, &row, error);
}

bool postgres_claim_draw(struct store *store, bool *claimed, struct error *error) {
    struct numbers row;
    bool asked = ask_number(store, POSTGRES_CLAIM_DRAW, &row, error);
    *claimed = row.found;
    return asked;
}

bool postgres_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) {
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, (int64_t)draw_checksum);
    return postgres_group_add(session_of(store), POSTGRES_HOLD_DRAW, &values, "hold the draw", error);
}

static bool take_text(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    size_t length;
    (void)error;
    snprintf(reader->context, STORE_TIME_BYTES, "%s", row->columns->text(row->row, 0, &length));
    return true;
}

bool postgres_now(struct store *store, char now[STORE_TIME_BYTES], struct error *error) {
    struct sql_reader reader = {.take = take_text, .context = now};
    struct sql_values values;
    sql_values_begin(&values, store);
    now[0] = '\0';
    return postgres_query(session_of(store), POSTGRES_NOW, &values, &reader, error);
}

bool postgres_confirm(struct store *store, struct error *error) {
    struct sql_values values;
    sql_values_begin(&values, store);
    return postgres_group_add(session_of(store), POSTGRES_CONFIRM, &values, "confirm", error);
}

// Voided bets ---------------------------------------------------------------------------------------------

bool postgres_void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                          struct error *error) {
    struct sql_values values;
    struct numbers moved;
    if (!sql_values_begin_rows(&values, store, error)) {
        return false;
    }
    sql_values_add_integer(&values, agency);
    sql_values_add_integer(&values, voiding);
    if (!ask(store, POSTGRES_VOID_AGENCY, &values, &moved, error)) {
        return false;
    }
    *bets = (uint64_t)moved.first;
    return true;
}

bool postgres_erase(struct store *store, struct error *error) {
    struct sql_values values;
    struct numbers ignored;
    return sql_values_begin_rows(&values, store, error) &&
           ask(store, POSTGRES_ERASE, &values, &ignored, error);
}

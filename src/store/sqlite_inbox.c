#include "store/sqlite_inbox.h"

#include "base/checksum.h"
#include "bet/errors.h"
#include "store/checked.h"
#include "store/sql.h"
#include "store/sqlite_agency.h"
#include "store/sqlite_inbox_row.h"
#include "store/sqlite_inbox_spare.h"
#include "store/sqlite_statements.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool change(struct store *store, int statement, const struct sql_values *values, struct error *error) {
    return ((struct sql_store *)store)->database->change(store, statement, values, "store bets", error);
}

// With these values; NULL: the draw's name alone.
static bool query(struct store *store, int statement, const struct sql_values *values,
                  const struct sql_reader *reader, struct error *error) {
    struct sql_values none;
    sql_values_begin(&none, store);
    return ((struct sql_store *)store)
        ->database->query(store, statement, values == NULL ? &none : values, reader, error);
}

static int64_t integer_of(const struct sql_row *row, int column) {
    return row->columns->integer(row->row, column);
}

static uint64_t checksum_count(const struct store *store, int64_t count, int64_t last) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, store->draw_name);
    return checksum_number(checksum_number(checksum, (uint64_t)count), (uint64_t)last);
}

// Rows in memory ------------------------------------------------------------------------------------------

static bool note_row(struct inbox_rows *rows, int64_t id, size_t bytes) {
    if (rows->end == rows->room && rows->begin > rows->room / 2) {
        memmove(rows->all, rows->all + rows->begin, (rows->end - rows->begin) * sizeof *rows->all);
        rows->end -= rows->begin;
        rows->begin = 0;
    }
    if (rows->end == rows->room) {
        size_t room = rows->room * 2 + 64;
        struct inbox_row *larger = reallocarray(rows->all, room, sizeof *larger);
        if (larger == NULL) {
            return false;
        }
        rows->all = larger;
        rows->room = room;
    }
    rows->all[rows->end++] = (struct inbox_row){id, bytes};
    rows->bytes += bytes;
    return true;
}

static int64_t count_of(const struct inbox_rows *rows) {
    return (int64_t)(rows->end - rows->begin);
}

static int64_t last_of(const struct inbox_rows *rows) {
    return rows->end > rows->begin ? rows->all[rows->end - 1].id : 0;
}

void inbox_rows_clear(struct inbox_rows *rows) {
    free(rows->all);
    *rows = (struct inbox_rows){0};
}

// Reading the table ---------------------------------------------------------------------------------------

struct reading {
    struct store *store;
    struct inbox *inbox;
    struct inbox_rows *rows;
    int64_t id; // of the row that is read
    struct error *error;
};

struct inbox_columns {
    const uint8_t *digest; // NULL if there is none, as the lines
    const char *lines;
    size_t digest_length, length;
};

static bool enter(const struct reading *reading, uint32_t number, struct inbox_agency **agency) {
    struct stored_agency stored;
    bool found, is_open;
    *agency = inbox_find(reading->inbox, number);
    if (*agency != NULL) {
        return true;
    }
    if (!sqlite_agency_read(reading->store, number, &stored, &found, &is_open, reading->error)) {
        return false;
    }
    *agency = inbox_enter(reading->inbox, &stored, found);
    if (*agency == NULL) {
        return error_set(reading->error, ERROR_NO_MEMORY, "no memory for the inbox");
    }
    bool is_whole = stored.checksum == stored_agency_checksum(reading->store->draw_name, &stored);
    (*agency)->has_finished = found && is_whole && !is_open;
    return true;
}

static bool take_line(const struct reading *reading, uint32_t number, uint64_t index, const char *bet,
                      size_t length) {
    struct inbox_agency *agency;
    if (!enter(reading, number, &agency)) {
        return false;
    }
    if (index < agency->filed) {
        return true;
    }
    if (agency->has_finished) {
        agency->filed = UINT64_MAX; // one of its lines is told
        return checked_damaged(reading->store, reading->error,
                               "agency %" PRIu32 " has finished, and its bet %" PRIu64 " waits in the inbox",
                               number, index);
    }
    if (index < agency->end) {
        return checked_damaged(reading->store, reading->error,
                               "agency %" PRIu32 " has bet %" PRIu64 " twice in the inbox", number, index);
    }
    // A survey goes on: it finds out itself what an agency's bets lack.
    if (index > agency->end && reading->store->on_damage == NULL) {
        return checked_damaged(reading->store, reading->error,
                               "of agency %" PRIu32 " the bets from %" PRIu64 " to %" PRIu64 " are missing",
                               number, agency->end, index - 1);
    }
    struct stored_chunk chunk = {.first = index, .count = 1, .rows = bet, .rows_length = length};
    return inbox_append(reading->inbox, agency, reading->id, &chunk) ||
           error_set(reading->error, ERROR_NO_MEMORY, "no memory for the inbox");
}

static bool take_lines(const struct reading *reading, const char *lines, size_t length) {
    const char *end = lines + length;
    for (const char *line = lines, *next; line < end; line = next) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        uint32_t agency;
        uint64_t index;
        const char *bet = newline == NULL ? NULL : inbox_line_read(line, newline, &agency, &index);
        if (bet == NULL) {
            return checked_damaged(reading->store, reading->error,
                                   "row %" PRId64 " of the inbox is not as it was stored", reading->id);
        }
        next = newline + 1;
        if (!take_line(reading, agency, index, bet, (size_t)(next - bet))) {
            return false;
        }
    }
    return true;
}

// Nothing is missing if all its bets are filed: only a survey tells of it then.
static bool take_damaged(const struct reading *reading, const struct inbox_columns *columns) {
    bool is_filed = false;
    if (columns->lines != NULL && columns->digest != NULL && columns->digest_length == STORE_DIGEST_BYTES &&
        !sqlite_inbox_spare(reading->store, reading->id, columns->lines, columns->length, columns->digest,
                            &is_filed, reading->error)) {
        return false;
    }
    return (is_filed && reading->store->on_damage == NULL) ||
           checked_damaged(reading->store, reading->error,
                           "row %" PRId64 " of the inbox is not as it was stored%s", reading->id,
                           is_filed ? ", but all its bets are filed" : "");
}

static bool take_row(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct reading *reading = reader->context;
    struct inbox_columns columns;
    reading->id = integer_of(row, 0);
    reading->error = error;
    columns.digest = row->columns->bytes(row->row, 1, &columns.digest_length);
    columns.lines = row->columns->text(row->row, 2, &columns.length);
    if (!note_row(reading->rows, reading->id, columns.length)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the inbox");
    }
    uint8_t right[STORE_DIGEST_BYTES];
    inbox_row_digest(reading->store->draw_name, reading->id, columns.lines == NULL ? "" : columns.lines,
                     columns.length, right);
    bool is_whole = columns.lines != NULL && columns.digest != NULL &&
                    columns.digest_length == sizeof right && memcmp(columns.digest, right, sizeof right) == 0;
    return is_whole ? take_lines(reading, columns.lines, columns.length) : take_damaged(reading, &columns);
}

static bool take_next(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    *(int64_t *)reader->context = integer_of(row, 0);
    return true;
}

struct counted {
    int64_t count, last;
    uint64_t checksum;
    bool found;
};

static bool take_count(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    (void)error;
    *(struct counted *)reader->context =
        (struct counted){integer_of(row, 0), integer_of(row, 1), (uint64_t)integer_of(row, 2), true};
    return true;
}

static bool check_count(struct store *store, const struct inbox_rows *rows, struct error *error) {
    struct counted counted = {0};
    struct sql_reader reader = {.take = take_count, .context = &counted};
    if (!query(store, STATEMENT_INBOX_COUNTED, NULL, &reader, error)) {
        return false;
    }
    if (counted.found && counted.checksum != checksum_count(store, counted.count, counted.last)) {
        return checked_damaged(store, error, "how many rows its inbox has is not as it was stored");
    }
    return (counted.count == count_of(rows) && counted.last == last_of(rows)) ||
           checked_damaged(store, error,
                           "its inbox has %" PRId64 " rows up to row %" PRId64 " in place of %" PRId64
                           " up to row %" PRId64,
                           count_of(rows), last_of(rows), counted.count, counted.last);
}

bool sqlite_inbox_read(struct store *store, struct inbox *inbox, struct inbox_rows *rows,
                       struct error *error) {
    struct reading reading = {.store = store, .inbox = inbox, .rows = rows};
    struct sql_reader reader = {.take = take_row, .context = &reading};
    struct sql_reader next = {.take = take_next, .context = &rows->next};
    if (!query(store, STATEMENT_INBOX_ALL, NULL, &reader, error) || !check_count(store, rows, error) ||
        !query(store, STATEMENT_INBOX_NEXT, NULL, &next, error)) {
        return false;
    }
    inbox_sweep(inbox);
    return true;
}

// Writing it ----------------------------------------------------------------------------------------------

bool sqlite_inbox_add(struct store *store, struct inbox_rows *rows, const char *lines, size_t length,
                      struct error *error) {
    uint8_t digest[STORE_DIGEST_BYTES];
    struct sql_values values;
    inbox_row_digest(store->draw_name, rows->next, lines, length, digest);
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, rows->next);
    sql_values_add_bytes(&values, digest, sizeof digest);
    sql_values_add_text_of(&values, lines, length);
    if (!change(store, STATEMENT_INBOX_ADD, &values, error)) {
        return false;
    }
    rows->is_changed = true;
    return note_row(rows, rows->next++, length) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the inbox");
}

bool sqlite_inbox_drop(struct store *store, struct inbox_rows *rows, int64_t id, struct error *error) {
    size_t end = rows->begin;
    while (end < rows->end && rows->all[end].id < id) {
        rows->bytes -= rows->all[end++].bytes;
    }
    if (end == rows->begin) {
        return true;
    }
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, rows->all[rows->begin].id);
    sql_values_add_integer(&values, rows->all[end - 1].id);
    rows->begin = end;
    rows->is_changed = true;
    return change(store, STATEMENT_INBOX_DROP, &values, error);
}

bool sqlite_inbox_count(struct store *store, struct inbox_rows *rows, struct error *error) {
    if (!rows->is_changed) {
        return true;
    }
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, count_of(rows));
    sql_values_add_integer(&values, last_of(rows));
    sql_values_add_integer(&values, (int64_t)checksum_count(store, count_of(rows), last_of(rows)));
    rows->is_changed = false;
    return change(store, STATEMENT_INBOX_COUNT, &values, error);
}

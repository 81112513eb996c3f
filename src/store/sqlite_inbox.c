#include "store/sqlite_inbox.h"

#include "base/checksum.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "store/checked.h"
#include "store/sql.h"
#include "store/sqlite_statements.h"

#include <inttypes.h>
#define OPENSSL_SUPPRESS_DEPRECATED // as in bet/chunk.c
#include <openssl/sha.h>
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

// SHA-256 of the draw's name, the row's id and its lines.
static void digest_row(const struct store *store, int64_t id, const char *lines, size_t length,
                       uint8_t digest[STORE_DIGEST_BYTES]) {
    char beginning[DRAW_NAME_BYTES_MAX + 32];
    int beginning_length = snprintf(beginning, sizeof beginning, "%s\n%" PRId64 "\n", store->draw_name, id);
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, beginning, (size_t)beginning_length);
    SHA256_Update(&context, lines, length);
    SHA256_Final(digest, &context);
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

// Lines ---------------------------------------------------------------------------------------------------

static char *write_number(char *out, uint64_t number) {
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(out, digits + sizeof digits - count, count);
    return out + count;
}

char *sqlite_inbox_begin_line(char *out, uint32_t agency, uint64_t index) {
    out = write_number(out, agency);
    *out++ = ',';
    out = write_number(out, index);
    *out++ = ',';
    return out;
}

// Reads digits and the comma after them. NULL when that is not what is there.
static const char *read_number(const char *at, const char *end, uint64_t *number) {
    const char *first = at;
    *number = 0;
    while (at < end && *at >= '0' && *at <= '9' && at - first < 19) {
        *number = *number * 10 + (uint64_t)(*at++ - '0');
    }
    return at > first && at < end && *at == ',' ? at + 1 : NULL;
}

// Reading the table ---------------------------------------------------------------------------------------

struct reading {
    struct store *store;
    struct inbox *inbox;
    struct inbox_rows *rows;
    int64_t id; // of the row that is read
    struct error *error;
};

struct agency_place {
    struct stored_agency *agency;
    bool *found;
};

static bool take_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    const struct agency_place *place = context;
    *place->agency = *agency;
    *place->found = true;
    return true;
}

bool sqlite_inbox_agency(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                         bool *is_open, struct error *error) {
    struct agency_place place = {agency, found};
    struct sql_reader reader = sql_agency_reader(take_agency, &place);
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, number);
    *found = false;
    *agency = (struct stored_agency){.agency = number};
    if (!query(store, STATEMENT_ONE_AGENCY, &values, &reader, error)) {
        return false;
    }
    *is_open = !*found || (agency->checksum == stored_agency_checksum(store->draw_name, agency) &&
                           agency->finished_at[0] == '\0' && agency->told_at[0] == '\0');
    return true;
}

static bool enter(const struct reading *reading, uint32_t number, struct inbox_agency **agency) {
    struct stored_agency stored;
    bool found, is_open;
    *agency = inbox_find(reading->inbox, number);
    if (*agency != NULL) {
        return true;
    }
    if (!sqlite_inbox_agency(reading->store, number, &stored, &found, &is_open, reading->error)) {
        return false;
    }
    *agency = inbox_enter(reading->inbox, number, stored.bets, found);
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
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *bet = NULL;
        next = newline == NULL ? end : newline + 1;
        uint64_t agency = 0, index = 0;
        if (newline != NULL && (bet = read_number(line, newline, &agency)) != NULL) {
            bet = read_number(bet, newline, &index);
        }
        if (bet == NULL || agency == 0 || agency > AGENCIES_MAX) {
            return checked_damaged(reading->store, reading->error,
                                   "row %" PRId64 " of the inbox is not as it was stored", reading->id);
        }
        if (!take_line(reading, (uint32_t)agency, index, bet, (size_t)(next - bet))) {
            return false;
        }
    }
    return true;
}

static bool take_row(const struct sql_reader *reader, const struct sql_row *row, struct error *error) {
    struct reading *reading = reader->context;
    size_t digest_length, length;
    reading->id = integer_of(row, 0);
    reading->error = error;
    const void *digest = row->columns->bytes(row->row, 1, &digest_length);
    const char *lines = row->columns->text(row->row, 2, &length);
    if (!note_row(reading->rows, reading->id, length)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the inbox");
    }
    uint8_t right[STORE_DIGEST_BYTES];
    digest_row(reading->store, reading->id, lines == NULL ? "" : lines, length, right);
    if (lines == NULL || digest == NULL || digest_length != sizeof right ||
        memcmp(digest, right, sizeof right) != 0) {
        return checked_damaged(reading->store, error, "row %" PRId64 " of the inbox is not as it was stored",
                               reading->id);
    }
    return take_lines(reading, lines, length);
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
    digest_row(store, rows->next, lines, length, digest);
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

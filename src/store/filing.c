#include "store/filing.h"

#include "bet/errors.h"
#include "store/sql.h"
#include "store/sqlite_agency.h"
#include "store/sqlite_inbox_row.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct filing_limits filing_limits = {
    .chunk_bytes = 1024,
    .agency_bytes = STORE_JOINED_BYTES_MAX,
    .target_bytes = (size_t)15 * 1024,
    .held_bytes = (size_t)16 * 1024 * 1024,
};

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the inbox");
}

static void forget(struct filing *filing) {
    inbox_clear(&filing->inbox);
    inbox_rows_clear(&filing->rows);
    filing->length = 0;
    filing->staged = 0;
    filing->is_read = filing->is_touched = false;
}

void filing_end(struct filing *filing) {
    forget(filing);
    free(filing->lines);
    *filing = (struct filing){0};
}

bool filing_read(struct filing *filing, struct store *store, struct error *error) {
    if (!filing->is_read) {
        filing->is_read = sqlite_inbox_read(store, &filing->inbox, &filing->rows, error);
        if (!filing->is_read) {
            forget(filing);
        }
    }
    return filing->is_read;
}

// Filing --------------------------------------------------------------------------------------------------

static bool has_staged(const struct filing *filing, const struct inbox_agency *agency) {
    return agency->newest == filing->rows.next;
}

static bool file_agency(struct filing *filing, struct store *store, struct inbox_agency *agency,
                        struct error *error) {
    struct stored_chunk chunk;
    struct stored_agency row = {.agency = agency->agency,
                                .bets = agency->end,
                                .voidings = agency->voidings,
                                .receipted = agency->receipted};
    filing->is_touched = true;
    row.checksum = stored_agency_checksum(store->draw_name, &row);
    if (!inbox_chunk(&filing->inbox, agency, store->draw_name, &chunk, error) ||
        !sql_add_chunk(store, &chunk, error) || !sql_put_agency(store, &row, error)) {
        return false;
    }
    filing->staged -= has_staged(filing, agency);
    inbox_remove(&filing->inbox, agency);
    return true;
}

// What may be held: less while few agencies send, so that they are not all filed at once.
static size_t held_max(const struct filing *filing) {
    size_t few = filing->inbox.count * filing_limits.target_bytes;
    return few < filing_limits.held_bytes ? few : filing_limits.held_bytes;
}

// Files the agencies that have waited longest, until as much is filed as the group brings. So no group takes
// much longer than another.
static bool file_oldest(struct filing *filing, struct store *store, struct error *error) {
    size_t filed = 0;
    struct inbox_agency *oldest;
    while (filing->rows.bytes + filing->length > held_max(filing) && filed < filing->length &&
           (oldest = inbox_oldest(&filing->inbox)) != NULL) {
        filed += oldest->length;
        if (!file_agency(filing, store, oldest, error)) {
            return false;
        }
    }
    return true;
}

bool filing_file_all(struct filing *filing, struct store *store, struct error *error) {
    if (!filing_read(filing, store, error)) {
        return false;
    }
    struct inbox_agency *oldest;
    while ((oldest = inbox_oldest(&filing->inbox)) != NULL) {
        if (!file_agency(filing, store, oldest, error)) {
            return false;
        }
    }
    filing->is_touched = true; // so the commit deletes the rows, none of which has an agency any more
    filing->length = 0;
    return true;
}

static bool drop_filed(struct filing *filing, struct store *store, struct error *error) {
    const struct inbox_agency *oldest = inbox_oldest(&filing->inbox);
    return sqlite_inbox_drop(store, &filing->rows, oldest != NULL ? oldest->oldest : filing->rows.next,
                             error);
}

bool filing_before_commit(struct filing *filing, struct store *store, struct error *error) {
    if (!filing->is_touched) {
        return true;
    }
    if (!file_oldest(filing, store, error) || !drop_filed(filing, store, error) ||
        (filing->staged > 0 &&
         !sqlite_inbox_add(store, &filing->rows, filing->lines, filing->length, error))) {
        return false;
    }
    return sqlite_inbox_count(store, &filing->rows, error);
}

void filing_committed(struct filing *filing) {
    filing->is_touched = false;
    filing->length = 0;
    filing->staged = 0;
}

// What the group changed in memory is not undone: the table is read again.
void filing_rolled_back(struct filing *filing) {
    if (filing->is_touched) {
        forget(filing);
    }
}

// Adding --------------------------------------------------------------------------------------------------

static bool make_room(struct filing *filing, size_t length) {
    if (filing->room - filing->length < length) {
        size_t room = (filing->length + length) * 2;
        char *larger = realloc(filing->lines, room);
        if (larger == NULL) {
            return false;
        }
        filing->lines = larger;
        filing->room = room;
    }
    return true;
}

static bool write_lines(struct filing *filing, const struct stored_chunk *chunk) {
    if (!make_room(filing, chunk->rows_length + chunk->count * (size_t)INBOX_LINE_BYTES)) {
        return false;
    }
    char *out = filing->lines + filing->length;
    const char *row = chunk->rows, *end = chunk->rows + chunk->rows_length;
    for (uint32_t i = 0; i < chunk->count; i++) {
        const char *newline = memchr(row, '\n', (size_t)(end - row));
        assert(newline != NULL);
        size_t length = (size_t)(newline + 1 - row);
        out = inbox_line_begin(out, chunk->agency, chunk->first + i);
        memcpy(out, row, length);
        out += length;
        row += length;
    }
    filing->length = (size_t)(out - filing->lines);
    return true;
}

static bool refuse(const struct store *store, const struct stored_chunk *chunk, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "%.100s: a chunk of agency %" PRIu32 " begins at bet %" PRIu64
                     ", which is there already",
                     store->address, chunk->agency, chunk->first);
}

static bool note_piece(void *context, const struct stored_piece *piece, struct error *error) {
    (void)error;
    *(uint64_t *)context = piece->first;
    return true;
}

// What was filed together has no row at each place that it takes. `bets` is how many the agency's row counts.
static bool check_place(struct store *store, const struct stored_chunk *chunk, uint64_t bets,
                        struct error *error) {
    uint64_t first = UINT64_MAX; // of the chunk that holds that bet, or of the next one
    return chunk->first >= bets ||
           (sql_pieces(store, chunk->agency, chunk->first, 1, note_piece, &first, error) &&
            (first > chunk->first || refuse(store, chunk, error)));
}

// The agency to whose bets in the inbox the chunk is added; *agency is NULL when the chunk goes elsewhere.
// Bets that are in the inbox, and may not stay there, are filed.
static bool find_place(struct filing *filing, struct store *store, const struct stored_chunk *chunk,
                       struct inbox_agency **agency, struct error *error) {
    struct stored_agency row;
    bool found, is_open, is_small = chunk->rows_length <= filing_limits.chunk_bytes;
    struct inbox_agency *here = inbox_find(&filing->inbox, chunk->agency);
    if (here != NULL && is_small && chunk->first == here->end &&
        here->length + chunk->rows_length <= filing_limits.agency_bytes) {
        *agency = here;
        return true;
    }
    *agency = NULL;
    if (here != NULL && chunk->first < here->end) {
        return refuse(store, chunk, error);
    }
    if (here != NULL && !file_agency(filing, store, here, error)) {
        return false;
    }
    if (!sqlite_agency_read(store, chunk->agency, &row, &found, &is_open, error) ||
        !check_place(store, chunk, row.bets, error)) {
        return false;
    }
    if (is_small && is_open && chunk->first == row.bets) {
        *agency = inbox_enter(&filing->inbox, &row, found);
        return *agency != NULL || no_memory(error);
    }
    return true;
}

bool filing_add_chunk(struct filing *filing, struct store *store, const struct stored_chunk *chunk,
                      struct error *error) {
    struct inbox_agency *agency;
    if (!filing_read(filing, store, error) || !find_place(filing, store, chunk, &agency, error)) {
        return false;
    }
    if (agency == NULL) {
        return sql_add_chunk(store, chunk, error);
    }
    filing->is_touched = true;
    bool is_first = !has_staged(filing, agency);
    if (!inbox_append(&filing->inbox, agency, filing->rows.next, chunk) || !write_lines(filing, chunk)) {
        return no_memory(error);
    }
    filing->staged += is_first;
    return true;
}

bool filing_put_agency(struct filing *filing, struct store *store, const struct stored_agency *agency,
                       struct error *error) {
    if (!filing_read(filing, store, error)) {
        return false;
    }
    struct inbox_agency *here = inbox_find(&filing->inbox, agency->agency);
    if (here != NULL && agency->bets == here->end && agency->finished_at[0] == '\0' &&
        agency->told_at[0] == '\0' && agency->voidings == here->voidings &&
        agency->receipted == here->receipted) {
        return true;
    }
    return (here == NULL || file_agency(filing, store, here, error)) && sql_put_agency(store, agency, error);
}

#include "store/sqlite_inbox_spare.h"

#include "bet/chunk.h"
#include "bet/errors.h"
#include "store/sql.h"
#include "store/sqlite_agency.h"
#include "store/sqlite_inbox_row.h"

#include <stdlib.h>
#include <string.h>

struct remaking {
    struct store *store;
    char *at, *end; // of the row, from the next bet on
    uint64_t index; // of that bet
    bool is_filed;
};

static bool write_filed(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)error;
    struct remaking *remaking = context;
    if (chunk->rows == NULL) {
        return true;
    }
    size_t start =
        chunk_row_offset(chunk->rows, chunk->rows_length, (uint32_t)(remaking->index - chunk->first));
    size_t length = chunk_row_offset(chunk->rows + start, chunk->rows_length - start, 1);
    if (length <= (size_t)(remaking->end - remaking->at)) {
        memcpy(remaking->at, chunk->rows + start, length);
        remaking->at += length;
        remaking->is_filed = length > 0;
    }
    return true;
}

// Writes the next line's bet over, as it is filed. Its beginning is taken as it is.
static bool remake_line(struct remaking *remaking, struct error *error) {
    struct stored_agency row;
    bool found, is_open;
    uint32_t agency;
    const char *bet = inbox_line_read(remaking->at, remaking->end, &agency, &remaking->index);
    remaking->is_filed = false;
    if (bet == NULL) {
        return true;
    }
    if (!sqlite_agency_read(remaking->store, agency, &row, &found, &is_open, error)) {
        return false;
    }
    remaking->at += bet - remaking->at;
    return remaking->index >= row.bets || sql_chunks(remaking->store, agency, remaking->index,
                                                     remaking->index + 1, write_filed, remaking, error);
}

bool sqlite_inbox_spare(struct store *store, int64_t id, const char *lines, size_t length,
                        const uint8_t digest[STORE_DIGEST_BYTES], bool *filed, struct error *error) {
    uint8_t again[STORE_DIGEST_BYTES];
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the inbox");
    }
    memcpy(copy, lines, length);
    struct remaking remaking = {.store = store, .at = copy, .end = copy + length, .is_filed = true};
    bool done = true;
    while (done && remaking.is_filed && remaking.at < remaking.end) {
        done = remake_line(&remaking, error);
    }
    inbox_row_digest(store->draw_name, id, copy, length, again);
    *filed = remaking.is_filed && memcmp(again, digest, sizeof again) == 0;
    free(copy);
    return done;
}

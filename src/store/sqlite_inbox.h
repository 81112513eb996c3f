// The inbox's table: a row for each group's small chunks, a line a bet. A row says whose bets they are, and
// its digest proves it; the table of inboxes says how many rows there are, so that a missing one is noticed.
#ifndef QUINIELA_STORE_SQLITE_INBOX_H
#define QUINIELA_STORE_SQLITE_INBOX_H

#include "store/backend.h"
#include "store/inbox.h"

// The rows of the store's draw, oldest first.
struct inbox_row {
    int64_t id;
    size_t bytes; // of its lines
};

struct inbox_rows {
    struct inbox_row *all;
    size_t begin, end, room; // those in `all` that are there
    size_t bytes;            // of all their lines
    int64_t next;            // the id of the next row
    bool is_changed;         // since the table of inboxes was written
};

// Reads the table into two empty structs: the bets that are not filed, and the rows. The caller ends both,
// also on failure. A damaged or missing row, and bets of an agency that has finished, are an error or, in a
// survey, reported and left out. A damaged row all of whose bets are filed is only reported.
// ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool sqlite_inbox_read(struct store *store, struct inbox *inbox, struct inbox_rows *rows,
                       struct error *error) MUST_CHECK;

// Within a group. Errors as of store.h's functions.
bool sqlite_inbox_add(struct store *store, struct inbox_rows *rows, const char *lines, size_t length,
                      struct error *error) MUST_CHECK;
// Deletes the rows before `id`.
bool sqlite_inbox_drop(struct store *store, struct inbox_rows *rows, int64_t id,
                       struct error *error) MUST_CHECK;
// Stores how many rows there are, if that has changed.
bool sqlite_inbox_count(struct store *store, struct inbox_rows *rows, struct error *error) MUST_CHECK;

void inbox_rows_clear(struct inbox_rows *rows);

#endif

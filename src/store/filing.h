// Small chunks in the SQLite store. Each agency's end of a table is a page of its own, so a group of a
// thousand small chunks would change a thousand pages. Instead they become one row of the table `inbox`, and
// an agency's bets are moved from there into `chunks` (filed) many at a time.
//
// Invariant: an agency's stored bets are its chunks, which end where its row says, followed by the inbox's
// lines from that index on. A line before that index has been filed, and is ignored everywhere. So an agency
// is filed in one transaction: one chunk more, and its row. A row of the inbox is deleted when all rows up to
// it are filed.
//
// A chunk goes into the inbox when it is small, follows the agency's bets, and its agency has not finished. A
// larger one, and an agency's finish, file its bets first. So a finished agency has nothing in the inbox, and
// a sealed draw has an empty one.
#ifndef QUINIELA_STORE_FILING_H
#define QUINIELA_STORE_FILING_H

#include "store/sqlite_inbox.h"

// How much the inbox takes, and when its bets are filed. Only tests change it.
struct filing_limits {
    size_t chunk_bytes;  // of text: a larger chunk is stored as it is
    size_t agency_bytes; // of text that an agency has in the inbox: with more it is filed
    size_t target_bytes; // while few agencies send: of the inbox's rows for each of them
    size_t held_bytes;   // of the inbox's rows, however many agencies send
};

extern struct filing_limits filing_limits;

// A store's inbox. All zeros at the beginning.
struct filing {
    bool is_read;    // into memory, as soon as it is needed
    bool is_touched; // by the open group
    struct inbox inbox;
    struct inbox_rows rows;
    char *lines; // of the open group
    size_t length, room;
    uint32_t staged; // agencies that have bets in `lines` which are not filed
};

// Frees its memory.
void filing_end(struct filing *filing);

// Reads the table into memory, unless that has been done. ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool filing_read(struct filing *filing, struct store *store, struct error *error) MUST_CHECK;

// Within a group: as store_add_chunk and store_put_agency. An agency's row whose bets are in the inbox is not
// written: filing it does that.
bool filing_add_chunk(struct filing *filing, struct store *store, const struct stored_chunk *chunk,
                      struct error *error) MUST_CHECK;
bool filing_put_agency(struct filing *filing, struct store *store, const struct stored_agency *agency,
                       struct error *error) MUST_CHECK;

// Within a group: files every agency, also what the group has added. No line of the inbox is left then, not
// even one that was filed before: an agency whose bets begin anew would have it again.
bool filing_file_all(struct filing *filing, struct store *store, struct error *error) MUST_CHECK;

// Before a group's commit: stores its small chunks, and files agencies that have waited long.
bool filing_before_commit(struct filing *filing, struct store *store, struct error *error) MUST_CHECK;
void filing_committed(struct filing *filing);
void filing_rolled_back(struct filing *filing);

#endif

// The bets of the inbox in memory, agency by agency: those that are stored, but not yet filed among the
// chunks (filing.h). It knows no database.
#ifndef QUINIELA_STORE_INBOX_H
#define QUINIELA_STORE_INBOX_H

#include "base/list.h"
#include "store/rows.h"

// What an agency has in one row of the inbox: consecutive bets.
struct inbox_piece {
    uint64_t first;  // bets of this agency before these
    uint32_t count;  // bets
    uint32_t length; // bytes of their texts
};

// An agency that has bets in the inbox.
struct inbox_agency {
    struct list_node node; // in the queue
    uint32_t agency;
    bool has_row;           // in the table of agencies
    bool has_finished;      // as that row says
    uint32_t voidings;      // as in its row
    bool receipted;         // likewise
    uint64_t filed, end;    // how many of its bets are filed, and how many it has
    int64_t oldest, newest; // rows of the inbox with bets of it; 0 while it has none
    struct inbox_piece *pieces;
    size_t piece_count, piece_room;
    char *rows; // the bets' texts, each ended by '\n'
    size_t length, room;
};

struct inbox_place {
    struct inbox_agency *agency; // NULL: it is not in the inbox
};

struct inbox {
    struct list_head queue;     // of those with bets: the one with the oldest first
    uint32_t count;             // of agencies in the queue
    struct inbox_place *places; // by the agencies' numbers
    uint32_t places_end;
    uint8_t *numbers; // room for those of a chunk that is handed out
    size_t numbers_room;
};

// The agency, if it is in the inbox; otherwise NULL.
struct inbox_agency *inbox_find(const struct inbox *inbox, uint32_t agency);

// Adds an agency that is not in it, without bets; `row` is that of the table, or of no bets when there is
// none
// (`has_row`). NULL when out of memory. The inbox owns it.
struct inbox_agency *inbox_enter(struct inbox *inbox, const struct stored_agency *row, bool has_row);

// Adds bets that lie in row `row` of the inbox, the newest one, at place `first`. At `end` is where they
// belong; further on, and a hole is left before them. False when out of memory.
bool inbox_append(struct inbox *inbox, struct inbox_agency *agency, int64_t row,
                  const struct stored_chunk *chunk) MUST_CHECK;

// Removes an agency with all its bets, and frees it.
void inbox_remove(struct inbox *inbox, struct inbox_agency *agency);

// Removes those that have no bets.
void inbox_sweep(struct inbox *inbox);

// Removes everything, and frees its memory.
void inbox_clear(struct inbox *inbox);

// The first agency from `number` on and before `end`; NULL when there is none. It takes time in proportion to
// the numbers passed, so a caller that goes on from where it was passes each once.
struct inbox_agency *inbox_between(const struct inbox *inbox, uint32_t number, uint32_t end);

// The agency whose bets have been in the inbox longest; NULL when it is empty.
struct inbox_agency *inbox_oldest(const struct inbox *inbox);

// Calls `each` for every piece of the agency that has bets in [from, to), as a chunk, in order. Digest and
// checksum are set as the draw's name demands. ERROR_NO_MEMORY, or the error of `each`.
bool inbox_pieces(struct inbox *inbox, const struct inbox_agency *agency, const char *draw, uint64_t from,
                  uint64_t to, store_each_chunk each, void *context, struct error *error) MUST_CHECK;

// All bets of the agency, which has no hole, as one chunk, with digest and checksum. It is borrowed from the
// inbox. ERROR_NO_MEMORY.
bool inbox_chunk(struct inbox *inbox, const struct inbox_agency *agency, const char *draw,
                 struct stored_chunk *chunk, struct error *error) MUST_CHECK;

#endif

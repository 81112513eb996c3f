// Lines in which a loop's connections wait for what they share: room with the ledger, and lists of what is
// stored. In each line agencies take turns, and within an agency its addresses (base/fair.h). So those who
// ask for much delay only themselves.
//
// A list turns a request of a hundred bytes into an answer of a hundred kilobytes, and takes milliseconds of
// the loop's time. So a loop asks for few at once, and all other messages pass between them.
#ifndef QUINIELA_SERVICE_LOTTERY_LINES_H
#define QUINIELA_SERVICE_LOTTERY_LINES_H

#include "base/attributes.h"
#include "base/fair.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A loop's part.
struct lines {
    struct fair *for_room, *for_list;
    size_t bytes;     // of requests that are with the ledger, including their chunks
    size_t bytes_max; // at this limit nothing more is taken
    unsigned lists;   // asked for, and not answered yet
};

// A connection's part. All zeros: it waits in neither line.
struct lines_place {
    struct fair_item turn;
    struct fair *line; // the line it waits in: its loop's for_room or for_list
    bool may_list;     // its next message that asks for a list may do so, and counts in lines.lists
};

// For a loop that may hold that much memory. False when out of memory. lines_end ends it, even if it has not
// begun.
bool lines_begin(struct lines *lines, size_t memory_max) MUST_CHECK;
void lines_end(struct lines *lines);

// Whether the connection waits in one of the lines. It is paused then, and continues when its turn comes.
bool lines_is_waiting(const struct lines_place *place);

// A request of that many bytes has gone to the ledger; or one has come back.
void lines_fill(struct lines *lines, size_t bytes);
void lines_empty(struct lines *lines, size_t bytes);

// Whether there is room for another message with the ledger. If not, the connection, of that agency and from
// that address, waits for it.
bool lines_room_may_take(struct lines *lines, struct lines_place *place, uint32_t agency, uint64_t source);

// The next connection that may continue, if there is room. NULL: none.
struct lines_place *lines_next_for_room(struct lines *lines);

// Whether the connection's message, for that agency, may ask for a list now: if so, `may_list` is set until
// lines_take_list. If not, the connection waits.
bool lines_list_may_go(struct lines *lines, struct lines_place *place, uint32_t agency, uint64_t source);

// Takes from the connection the right to ask for a list. Returns whether it had that right: if so, call
// lines_list_is_done in the end.
bool lines_take_list(struct lines_place *place);

// A list has been answered, or will not be requested after all.
void lines_list_is_done(struct lines *lines);

// The next connection that may ask for a list, with `may_list` set. NULL: none.
struct lines_place *lines_next_for_list(struct lines *lines);

// The connection no longer waits in any line.
void lines_leave(struct lines_place *place);

#endif

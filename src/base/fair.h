// Fair turns among those who wait for the same thing: groups take turns, within a group its lanes do, and a
// lane is first in, first out. However much one of them sends, the others wait for only one of its turns.
//
// An item that costs more than one turn is paid for with later turns (as in deficit round robin, M. Shreedhar
// and G. Varghese, SIGCOMM 1995, but afterwards).
//
// A lane may also have a limit on what is in progress, and its group another. For one thread at a time.
#ifndef QUINIELA_BASE_FAIR_H
#define QUINIELA_BASE_FAIR_H

#include "base/attributes.h"
#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fair;
struct fair_lane;

enum { FAIR_TURNS_OWED_MAX = 64 }; // nobody has to pay more than this

// Embedded in the struct that waits.
struct fair_item {
    struct list_node node;
    struct fair_lane *lane; // NULL: it is not waiting
    unsigned turns;         // how many it costs, at least 1
};

// Creates turns with limits on what may be in progress in a lane and in a group. NULL when out of memory. The
// caller frees it once all lanes have been released.
struct fair *fair_new(uint32_t lane_max, uint32_t group_max);
void fair_free(struct fair *fair);

// The lane of that group and source, created if necessary. NULL when out of memory. The caller releases it,
// and once more for each fair_hold.
struct fair_lane *fair_lane(struct fair *fair, uint64_t group, uint64_t source);
void fair_hold(struct fair_lane *lane);
void fair_release(struct fair *fair, struct fair_lane *lane);

// Whether that group and source have a lane; and the first item that waits in it, or NULL.
bool fair_has(struct fair *fair, uint64_t group, uint64_t source);
struct fair_item *fair_first(struct fair *fair, uint64_t group, uint64_t source);

// Makes the item wait for its turn, which costs `turns`. The lane must be held until it no longer waits.
void fair_wait(struct fair_lane *lane, struct fair_item *item, unsigned turns);

// The item no longer waits. Harmless if it was not waiting.
void fair_leave(struct fair_item *item);

// Takes the item whose turn it is; it no longer waits. *lane is the lane it was in. NULL when nothing waits.
// The limits do not apply here.
struct fair_item *fair_next(struct fair *fair, struct fair_lane **lane);

// fair_wait for an item whose lane nothing else holds: one turn, in the lane of that group and source. False
// when out of memory.
bool fair_join(struct fair *fair, uint64_t group, uint64_t source, struct fair_item *item) MUST_CHECK;

// fair_next for such items.
struct fair_item *fair_take_next(struct fair *fair);

// fair_leave for such an item.
void fair_quit(struct fair *fair, struct fair_item *item);

// Whether nothing waits.
bool fair_is_empty(const struct fair *fair);

// Whether the limits allow more in that lane. fair_begin: `weight` more is in progress; fair_end: it no
// longer is.
bool fair_has_room(const struct fair_lane *lane);
void fair_begin(struct fair_lane *lane, uint32_t weight);
void fair_end(struct fair_lane *lane, uint32_t weight);

// Takes the next item in turn from the lane's group, from a lane whose limits allow more. NULL when there is
// none.
struct fair_item *fair_next_beside(struct fair_lane *lane);

#endif

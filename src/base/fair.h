// Turns among those who want the same: of what waits, the groups have their turns one after the other, and
// within a group its lanes, each in the order in which it came. Here a group is an agency, and a lane what
// comes for it from one address: so however much one sends, the others wait for one turn of its only.
//
// What costs more than one turn is paid for with the turns that come next (as deficit round robin does, M.
// Shreedhar and G. Varghese, SIGCOMM 1995, but afterwards).
//
// A lane may also have a limit of what is under way, and its group another one. All of that is one thread's.
#ifndef QUINIELA_BASE_FAIR_H
#define QUINIELA_BASE_FAIR_H

#include "base/attributes.h"
#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fair;
struct fair_lane;

enum { FAIR_TURNS_OWED_MAX = 64 }; // more than that nobody has to pay

// What waits has this in itself.
struct fair_item {
    struct list_node node;
    struct fair_lane *lane; // NULL: it does not wait
    unsigned turns;         // how many it costs, at least 1
};

// With limits of what may be under way in a lane and in a group. NULL when there is no memory. The caller
// frees it, when all lanes have been released.
struct fair *fair_new(uint32_t lane_max, uint32_t group_max);
void fair_free(struct fair *fair);

// The lane of that group and source, made where there is none. NULL when there is no memory. The caller
// releases it, and what is held once more.
struct fair_lane *fair_lane(struct fair *fair, uint64_t group, uint64_t source);
void fair_hold(struct fair_lane *lane);
void fair_release(struct fair *fair, struct fair_lane *lane);

// Whether there is a lane of that group and source; and the first that waits in it, or NULL.
bool fair_has(struct fair *fair, uint64_t group, uint64_t source);
struct fair_item *fair_first(struct fair *fair, uint64_t group, uint64_t source);

// Has the item wait for its turn, which costs `turns`. The lane must be held until it waits no more.
void fair_wait(struct fair_lane *lane, struct fair_item *item, unsigned turns);

// The item waits no more. Harmless when it does not.
void fair_leave(struct fair_item *item);

// Whose turn it is, of all: it waits no more. *lane is the one it was in. NULL when nobody waits. The limits
// are not looked at.
struct fair_item *fair_next(struct fair *fair, struct fair_lane **lane);

// The same three for whoever waits in a lane that nothing else holds: the item waits in the lane of that
// group and source, false when there is no memory for that; whose turn it is, NULL when nobody waits; and the
// item waits no more, harmless when it does not.
bool fair_join(struct fair *fair, uint64_t group, uint64_t source, struct fair_item *item) MUST_CHECK;
struct fair_item *fair_take_next(struct fair *fair);
void fair_quit(struct fair *fair, struct fair_item *item);

// Whether nobody waits.
bool fair_is_empty(const struct fair *fair);

// Whether the limits allow more in that lane; that `weight` more are under way; and that they are not any
// more.
bool fair_has_room(const struct fair_lane *lane);
void fair_begin(struct fair_lane *lane, uint32_t weight);
void fair_end(struct fair_lane *lane, uint32_t weight);

// Whose turn it is in the lane's group, of those that the limits allow more. NULL when there is none.
struct fair_item *fair_next_beside(struct fair_lane *lane);

#endif

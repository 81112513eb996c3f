#include "base/fair.h"

#include "base/container.h"
#include "base/random.h"

#include <assert.h>
#include <stdlib.h>

enum { BUCKETS = 4096 };

// A place in a ring of lanes, or of groups, that have something waiting.
struct seat {
    struct seat *previous, *next; // NULL: in none
    unsigned owed;                // turns that it has taken in advance
};

struct fair_group {
    struct seat seat; // in fair.ring
    struct fair *fair;
    struct seat *ring; // of its lanes
    uint64_t number;
    uint32_t lanes, under_way;
    struct fair_group *next_in_bucket;
};

struct fair_lane {
    struct seat seat; // in its group's ring
    struct fair_group *group;
    uint64_t source;
    uint32_t holds, under_way;
    struct list_head items; // that are waiting
    struct fair_lane *next_in_bucket;
};

struct fair {
    uint32_t lane_max, group_max;
    uint64_t seed;
    struct seat *ring; // of the groups: the one whose turn it is, then the others
    struct fair_group *groups[BUCKETS];
    struct fair_lane *lanes[BUCKETS];
};

struct fair *fair_new(uint32_t lane_max, uint32_t group_max) {
    struct fair *fair = calloc(1, sizeof *fair);
    if (fair != NULL) {
        fair->lane_max = lane_max;
        fair->group_max = group_max;
        fair->seed = random_seed();
    }
    return fair;
}

void fair_free(struct fair *fair) {
    free(fair);
}

// Rings ---------------------------------------------------------------------------------------------------

static void sit_down(struct seat **ring, struct seat *seat) {
    if (seat->next != NULL) {
        return;
    }
    if (*ring == NULL) {
        seat->previous = seat->next = seat;
        *ring = seat;
        return;
    }
    seat->next = *ring; // after all others
    seat->previous = (*ring)->previous;
    seat->previous->next = seat->next->previous = seat;
}

static void stand_up(struct seat **ring, struct seat *seat) {
    if (*ring == seat) {
        *ring = seat->next == seat ? NULL : seat->next;
    }
    seat->previous->next = seat->next;
    seat->next->previous = seat->previous;
    seat->previous = seat->next = NULL;
}

// The seat whose turn it is. One that owes turns pays with this turn, unless it is alone in the ring.
static struct seat *whose_turn(struct seat **ring) {
    while ((*ring)->owed > 0 && (*ring)->next != *ring) {
        (*ring)->owed--;
        *ring = (*ring)->next;
    }
    return *ring;
}

static void owe(struct seat *seat, unsigned turns) {
    seat->owed = turns < FAIR_TURNS_OWED_MAX - seat->owed ? seat->owed + turns : FAIR_TURNS_OWED_MAX;
}

// Lanes and groups ----------------------------------------------------------------------------------------

static size_t bucket_of(const struct fair *fair, uint64_t group, uint64_t source) {
    uint64_t state = fair->seed ^ source;
    state = random_next(&state) ^ group;
    return random_next(&state) % BUCKETS;
}

static struct fair_group **find_group(struct fair *fair, uint64_t number) {
    struct fair_group **link = &fair->groups[bucket_of(fair, number, 0)];
    while (*link != NULL && (*link)->number != number) {
        link = &(*link)->next_in_bucket;
    }
    return link;
}

static struct fair_lane **find_lane(struct fair *fair, uint64_t group, uint64_t source) {
    struct fair_lane **link = &fair->lanes[bucket_of(fair, group, source)];
    while (*link != NULL && ((*link)->source != source || (*link)->group->number != group)) {
        link = &(*link)->next_in_bucket;
    }
    return link;
}

static struct fair_group *get_group(struct fair *fair, uint64_t number) {
    struct fair_group **link = find_group(fair, number);
    if (*link == NULL && (*link = calloc(1, sizeof **link)) != NULL) {
        (*link)->number = number;
        (*link)->fair = fair;
    }
    return *link;
}

static void drop_group(struct fair *fair, struct fair_group *group) {
    if (group->lanes == 0) {
        *find_group(fair, group->number) = group->next_in_bucket;
        free(group);
    }
}

struct fair_lane *fair_lane(struct fair *fair, uint64_t number, uint64_t source) {
    struct fair_lane **link = find_lane(fair, number, source);
    if (*link == NULL) {
        struct fair_group *group = get_group(fair, number);
        struct fair_lane *lane = group == NULL ? NULL : calloc(1, sizeof *lane);
        if (lane == NULL) {
            if (group != NULL) {
                drop_group(fair, group);
            }
            return NULL;
        }
        lane->group = group;
        lane->source = source;
        group->lanes++;
        *link = lane;
    }
    (*link)->holds++;
    return *link;
}

// The first waiting in the lane, or NULL.
static struct fair_item *first_of(const struct fair_lane *lane) {
    struct list_node *node = lane->items.first;
    return node == NULL ? NULL : CONTAINER_OF(node, struct fair_item, node);
}

bool fair_has(struct fair *fair, uint64_t group, uint64_t source) {
    return *find_lane(fair, group, source) != NULL;
}

struct fair_item *fair_first(struct fair *fair, uint64_t group, uint64_t source) {
    const struct fair_lane *lane = *find_lane(fair, group, source);
    return lane == NULL ? NULL : first_of(lane);
}

void fair_hold(struct fair_lane *lane) {
    lane->holds++;
}

void fair_release(struct fair *fair, struct fair_lane *lane) {
    assert(lane->holds > 0);
    if (--lane->holds == 0) {
        struct fair_group *group = lane->group;
        assert(lane->items.first == NULL && lane->under_way == 0);
        *find_lane(fair, group->number, lane->source) = lane->next_in_bucket;
        group->lanes--;
        free(lane);
        drop_group(fair, group);
    }
}

// Waiting -------------------------------------------------------------------------------------------------

void fair_wait(struct fair_lane *lane, struct fair_item *item, unsigned turns) {
    *item = (struct fair_item){.lane = lane, .turns = turns};
    list_add_last(&lane->items, &item->node);
    sit_down(&lane->group->ring, &lane->seat);
    sit_down(&lane->group->fair->ring, &lane->group->seat);
}

void fair_leave(struct fair_item *item) {
    struct fair_lane *lane = item->lane;
    if (lane == NULL) {
        return;
    }
    struct fair_group *group = lane->group;
    list_remove(&lane->items, &item->node);
    item->lane = NULL;
    if (lane->items.first == NULL) {
        stand_up(&group->ring, &lane->seat);
    }
    if (group->ring == NULL) {
        stand_up(&group->fair->ring, &group->seat);
    }
}

// Gives the lane its turn, which goes to its first item.
static struct fair_item *take_from(struct fair_lane *lane) {
    struct fair_item *item = first_of(lane);
    lane->group->ring = lane->seat.next;
    owe(&lane->seat, item->turns - 1);
    fair_leave(item);
    return item;
}

bool fair_is_empty(const struct fair *fair) {
    return fair->ring == NULL;
}

struct fair_item *fair_next(struct fair *fair, struct fair_lane **taken) {
    if (fair->ring == NULL) {
        return NULL;
    }
    struct fair_group *group = CONTAINER_OF(whose_turn(&fair->ring), struct fair_group, seat);
    struct fair_lane *lane = CONTAINER_OF(whose_turn(&group->ring), struct fair_lane, seat);
    fair->ring = group->seat.next;
    owe(&group->seat, first_of(lane)->turns - 1);
    *taken = lane;
    return take_from(lane);
}

bool fair_join(struct fair *fair, uint64_t group, uint64_t source, struct fair_item *item) {
    struct fair_lane *lane = fair_lane(fair, group, source);
    if (lane != NULL) {
        fair_wait(lane, item, 1);
    }
    return lane != NULL;
}

struct fair_item *fair_take_next(struct fair *fair) {
    struct fair_lane *lane = NULL;
    struct fair_item *item = fair_next(fair, &lane);
    if (item != NULL) {
        fair_release(fair, lane);
    }
    return item;
}

void fair_quit(struct fair *fair, struct fair_item *item) {
    struct fair_lane *lane = item->lane;
    if (lane != NULL) {
        fair_leave(item);
        fair_release(fair, lane);
    }
}

// Limits --------------------------------------------------------------------------------------------------

bool fair_has_room(const struct fair_lane *lane) {
    const struct fair *fair = lane->group->fair;
    return lane->under_way < fair->lane_max && lane->group->under_way < fair->group_max;
}

void fair_begin(struct fair_lane *lane, uint32_t weight) {
    lane->under_way += weight;
    lane->group->under_way += weight;
}

void fair_end(struct fair_lane *lane, uint32_t weight) {
    assert(lane->under_way >= weight);
    lane->under_way -= weight;
    lane->group->under_way -= weight;
}

struct fair_item *fair_next_beside(struct fair_lane *lane) {
    struct fair_group *group = lane->group;
    for (uint32_t seen = 0; group->ring != NULL && seen < group->lanes; seen++) {
        struct fair_lane *next = CONTAINER_OF(whose_turn(&group->ring), struct fair_lane, seat);
        if (group->under_way >= group->fair->group_max) {
            return NULL;
        }
        if (fair_has_room(next)) {
            return take_from(next);
        }
        group->ring = next->seat.next;
    }
    return NULL;
}

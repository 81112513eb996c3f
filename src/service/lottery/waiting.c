#include "service/lottery/waiting.h"

#include "base/container.h"
#include "service/lottery/counters.h"

#include <stdlib.h>

struct held {
    struct list_node node;
    uint32_t agency;
};

bool waiting_hold(struct list_head *waiting, struct waiting_place *place, uint32_t agency) {
    struct held *held = malloc(sizeof *held);
    if (held == NULL) {
        return false;
    }
    if (place->count++ == 0) {
        list_add_first(waiting, &place->node);
    }
    held->agency = agency;
    list_add_last(&place->held, &held->node);
    counter_add(&lottery_counters.consultations_waiting, 1);
    return true;
}

bool waiting_has(const struct waiting_place *place, uint32_t agency) {
    const struct list_node *node = place->held.first;
    while (node != NULL && CONTAINER_OF(node, struct held, node)->agency != agency) {
        node = node->next;
    }
    return node != NULL;
}

// The connection no longer waits. Returns what was held for it.
static struct list_head stop(struct list_head *waiting, struct waiting_place *place) {
    struct list_head held = place->held;
    list_remove(waiting, &place->node);
    *place = (struct waiting_place){0};
    return held;
}

struct waiting_place *waiting_next(struct list_head *waiting, struct list_head *held) {
    if (waiting->first == NULL) {
        return NULL;
    }
    struct waiting_place *place = CONTAINER_OF(waiting->first, struct waiting_place, node);
    *held = stop(waiting, place);
    return place;
}

bool waiting_take(struct list_head *held, uint32_t *agency) {
    struct list_node *node = list_take_first(held);
    if (node == NULL) {
        return false;
    }
    struct held *oldest = CONTAINER_OF(node, struct held, node);
    *agency = oldest->agency;
    free(oldest);
    counter_add(&lottery_counters.consultations_waiting, -1);
    return true;
}

void waiting_drop(struct list_head *waiting, struct waiting_place *place) {
    uint32_t agency;
    if (place->count > 0) {
        for (struct list_head held = stop(waiting, place); waiting_take(&held, &agency);) {
        }
    }
}

#include "service/lottery/waiting.h"

#include "base/container.h"
#include "service/lottery/counters.h"

#include <stdlib.h>

struct held {
    struct list_node node;
    struct consultation consultation;
};

bool waiting_hold(struct list_head *waiting, struct waiting_place *place,
                  const struct consultation *consultation) {
    struct held *held = malloc(sizeof *held);
    if (held == NULL) {
        return false;
    }
    if (place->count++ == 0) {
        list_add_first(waiting, &place->node);
    }
    held->consultation = *consultation;
    list_add_last(&place->held, &held->node);
    counter_add(&lottery_counters.consultations_waiting, 1);
    return true;
}

bool waiting_has(const struct waiting_place *place, uint32_t agency) {
    const struct list_node *node = place->held.first;
    while (node != NULL && CONTAINER_OF(node, struct held, node)->consultation.agency != agency) {
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

// Ends what holds it.
static struct consultation let_go(struct list_node *node) {
    struct held *held = CONTAINER_OF(node, struct held, node);
    struct consultation consultation = held->consultation;
    free(held);
    counter_add(&lottery_counters.consultations_waiting, -1);
    return consultation;
}

bool waiting_take(struct list_head *held, struct consultation *consultation) {
    struct list_node *node = list_take_first(held);
    if (node != NULL) {
        *consultation = let_go(node);
    }
    return node != NULL;
}

bool waiting_take_sealed(struct list_head *waiting, struct waiting_place *place,
                         struct consultation *consultation) {
    for (struct list_node *node = place->held.first; node != NULL; node = node->next) {
        const struct proofs_wanted *wants = &CONTAINER_OF(node, struct held, node)->consultation.wants;
        if (!wants->seal || (wants->has_shown && wants->shown == NULL)) {
            continue;
        }
        list_remove(&place->held, node);
        *consultation = let_go(node);
        if (--place->count == 0) {
            list_remove(waiting, &place->node);
        }
        return true;
    }
    return false;
}

void waiting_drop(struct list_head *waiting, struct waiting_place *place) {
    struct consultation dropped;
    if (place->count > 0) {
        for (struct list_head held = stop(waiting, place); waiting_take(&held, &dropped);) {
            free(dropped.wants.shown);
        }
    }
}

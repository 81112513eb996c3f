// Consultations that are held until the draw, and the connections that they came by.
#include "service/internal.h"

#include <stdlib.h>

static void start_waiting(struct lottery_loop *loop, struct lottery_connection *own) {
    own->previous_waiting = NULL;
    own->next_waiting = loop->waiting;
    if (loop->waiting != NULL) {
        loop->waiting->previous_waiting = own;
    }
    loop->waiting = own;
}

static void stop_waiting(struct lottery_loop *loop, struct lottery_connection *own) {
    if (own->previous_waiting != NULL) {
        own->previous_waiting->next_waiting = own->next_waiting;
    } else {
        loop->waiting = own->next_waiting;
    }
    if (own->next_waiting != NULL) {
        own->next_waiting->previous_waiting = own->previous_waiting;
    }
}

bool waiting_hold(struct lottery_loop *loop, struct lottery_connection *own, uint32_t agency) {
    struct held *held = malloc(sizeof *held);
    if (held == NULL) {
        return false;
    }
    if (own->held == NULL) {
        start_waiting(loop, own);
    }
    *held = (struct held){.agency = agency};
    struct held **last = &own->held;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = held;
    own->held_count++;
    return true;
}

bool waiting_has(const struct lottery_connection *own, uint32_t agency) {
    const struct held *held = own->held;
    while (held != NULL && held->agency != agency) {
        held = held->next;
    }
    return held != NULL;
}

struct held *waiting_take(struct lottery_loop *loop, struct lottery_connection *own) {
    struct held *held = own->held;
    own->held = NULL;
    own->held_count = 0;
    if (held != NULL) {
        stop_waiting(loop, own);
    }
    return held;
}

void waiting_drop(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    for (struct held *held = waiting_take(lottery_loop_of(connection), own), *next; held != NULL;
         held = next) {
        next = held->next;
        free(held);
    }
}

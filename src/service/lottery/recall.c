#include "service/lottery/recall.h"

#include "base/container.h"
#include "service/lottery/answers.h"
#include "service/lottery/flow.h"

#include <stdlib.h>

struct recalled {
    struct queue_node node;
    uint32_t agency;
};

void recall_agency(struct lottery *lottery, uint32_t agency) {
    for (int i = 0; i < lottery->loop_count; i++) {
        struct lottery_loop *loop = loop_state(lottery->loops[i]);
        struct recalled *recalled = calloc(1, sizeof *recalled);
        if (recalled == NULL) {
            continue;
        }
        recalled->agency = agency;
        if (queue_push(&loop->recalled, &recalled->node)) {
            loop_wake(lottery->loops[i]);
        } else {
            free(recalled);
        }
    }
}

// What was held is never answered: the client asks again. Agency 0 is every one.
static void end_connections_of(struct lottery_loop *loop, uint32_t agency) {
    for (struct list_node *node = loop->waiting.first, *next; node != NULL; node = next) {
        struct waiting_place *place = CONTAINER_OF(node, struct waiting_place, node);
        struct lottery_connection *own = CONTAINER_OF(place, struct lottery_connection, waiting);
        next = node->next;
        if (own->returns && (agency == 0 || waiting_has(place, agency))) {
            waiting_drop(&loop->waiting, place);
            flow_break_off(own->connection);
            answers_finish_if_done(own->connection);
        }
    }
}

void recall_end_connections(struct lottery_loop *loop) {
    for (struct queue_node *node = queue_take_all(&loop->recalled), *next; node != NULL; node = next) {
        struct recalled *recalled = CONTAINER_OF(node, struct recalled, node);
        next = node->next;
        end_connections_of(loop, recalled->agency);
        free(recalled);
    }
}

void recall_forget(struct lottery_loop *loop) {
    for (struct queue_node *node = queue_take_all(&loop->recalled), *next; node != NULL; node = next) {
        next = node->next;
        free(CONTAINER_OF(node, struct recalled, node));
    }
}

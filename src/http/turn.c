#include "http/turn.h"

#include "base/clock.h"
#include "base/container.h"
#include "http/connection.h"

#include <string.h>
#include <time.h>

enum { NS_PER_MS = 1000 * 1000, TURN_NS_MAX = 20 * NS_PER_MS };

uint64_t turn_used_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * CLOCK_SECOND_NS + (uint64_t)time.tv_nsec;
}

void turn_begin(struct http *http) {
    (void)share_has_any(&http->share, clock_steady_ns()); // the time that it waited pays for nothing later
    http->turn_began_ns = turn_used_ns();
    memset(http->turn_spent_ns, 0, sizeof http->turn_spent_ns);
    for (struct list_node *node; (node = list_take_first(&http->put_off)) != NULL;) {
        struct connection *connection = CONTAINER_OF(node, struct connection, node);
        connection->is_put_off = false;
        http_connection_resume(connection);
    }
}

bool turn_is_spent(const struct http *http, enum turn_kind kind) {
    return http->turn_spent_ns[kind] >= TURN_NS_MAX;
}

void turn_spend(struct http *http, enum turn_kind kind, uint64_t since_ns) {
    http->turn_spent_ns[kind] += turn_used_ns() - since_ns;
}

void turn_put_off(struct connection *connection) {
    connection->is_put_off = true;
    list_add_last(&connection->http->put_off, &connection->node);
    http_connection_suspend(connection);
}

void turn_forget(struct connection *connection) {
    if (connection->is_put_off) {
        connection->is_put_off = false;
        list_remove(&connection->http->put_off, &connection->node);
    }
}

void turn_end(struct http *http) {
    share_spend(&http->share, turn_used_ns() - http->turn_began_ns, 0);
}

unsigned turn_rest_ms(struct http *http) {
    if (share_has_any(&http->share, clock_steady_ns())) {
        return 0;
    }
    return (unsigned)((uint64_t)-http->share.left_ns * SHARE_PART / NS_PER_MS) + 1;
}

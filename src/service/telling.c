// Which agencies have been sent their winners on a connection. They have been told when these have arrived
// there: what is only on its way may never come, and then the agency asks again.
#include "service/internal.h"

#include "service/limits.h"

#include <stdlib.h>

enum { TELLING_MAX = HELD_MAX + REQUESTS_OUTSTANDING_MAX };

struct telling {
    unsigned count;
    uint32_t agencies[TELLING_MAX]; // each once
};

bool telling_has_room(const struct lottery_connection *own) {
    return own->telling == NULL || own->telling->count + own->held_count + own->in_ledger + 1 <= TELLING_MAX;
}

static bool is_there(const struct telling *telling, uint32_t agency) {
    for (unsigned i = 0; i < telling->count; i++) {
        if (telling->agencies[i] == agency) {
            return true;
        }
    }
    return false;
}

void telling_add(struct connection *connection, uint32_t agency) {
    struct lottery_connection *own = connection_state(connection);
    if (!connection_is_open(connection)) {
        return;
    }
    if (own->telling == NULL && (own->telling = calloc(1, sizeof *own->telling)) == NULL) {
        connection_abort(connection); // else the draw would wait for an agency that does not ask again
        return;
    }
    if (!is_there(own->telling, agency)) {
        assert(own->telling->count < TELLING_MAX);
        own->telling->agencies[own->telling->count++] = agency;
    }
#ifdef QUINIELA_CANARY // a bug for tests/sim to find, and in no program: it takes what is sent for told
    requests_record_told(lottery_loop_of(connection), agency);
#endif
    connection_await_arrival(connection);
}

void telling_arrived(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    struct telling *telling = own->telling;
    own->telling = NULL;
    for (unsigned i = 0; telling != NULL && i < telling->count; i++) {
        requests_record_told(lottery_loop_of(connection), telling->agencies[i]);
    }
    free(telling);
    requests_resume(connection);
}

void telling_drop(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    free(own->telling);
    own->telling = NULL;
}

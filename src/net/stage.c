#include "net/stage.h"

#include "base/container.h"

#include <assert.h>

#define MAY_BECOME(stage) (1U << (stage))

static bool may_follow(enum connection_stage stage, enum connection_stage next) {
    static const unsigned moves[] = {
        [STAGE_HANDSHAKE] = MAY_BECOME(STAGE_TURN) | MAY_BECOME(STAGE_OPEN) | MAY_BECOME(STAGE_FINISHING),
        [STAGE_TURN] = MAY_BECOME(STAGE_HANDSHAKE) | MAY_BECOME(STAGE_FINISHING),
        [STAGE_OPEN] = MAY_BECOME(STAGE_FINISHING),
        [STAGE_FINISHING] = MAY_BECOME(STAGE_ARRIVING) | MAY_BECOME(STAGE_LINGERING),
        [STAGE_ARRIVING] = MAY_BECOME(STAGE_FINISHING),
        [STAGE_LINGERING] = 0,
        [STAGE_CLOSED] = 0,
    };
    return (next == STAGE_CLOSED && stage != STAGE_CLOSED) || (moves[stage] & MAY_BECOME(next)) != 0;
}

void stage_touch(struct connection *connection) {
    struct changes *changes = &connection->all->changes;
    if (connection->has_changed || connection->stage == STAGE_CLOSED) {
        return;
    }
    connection->has_changed = true;
    connection->next_changed = NULL;
    *(changes->last == NULL ? &changes->first : &changes->last->next_changed) = connection;
    changes->last = connection;
    connection_hold(connection);
}

struct connection *stage_next_changed(struct connections *all) {
    struct changes *changes = &all->changes;
    struct connection *connection = changes->first;
    if (connection != NULL) {
        changes->first = connection->next_changed;
        changes->last = changes->first == NULL ? NULL : changes->last;
        connection->has_changed = false;
    }
    return connection;
}

bool stage_any_changed(const struct connections *all) {
    return all->changes.first != NULL;
}

void stage_change(struct connection *connection, enum connection_stage stage) {
    assert(may_follow((enum connection_stage)connection->stage, stage));
    connection->stage = (uint8_t)stage;
    stage_touch(connection);
}

void stage_set(struct connection *connection, bool *fact, bool value) {
    if (*fact != value) {
        *fact = value;
        stage_touch(connection);
    }
}

bool stage_is_running(const struct connection *connection) {
    return connection->stage <= STAGE_OPEN;
}

bool stage_is_over(const struct connection *connection) {
    return connection->stage == STAGE_ARRIVING || connection->stage == STAGE_LINGERING;
}

bool connection_is_open(const struct connection *connection) {
    return connection->stage != STAGE_CLOSED;
}

// Deadlines -----------------------------------------------------------------------------------------------

static enum watch_kind what_it_waits_for(struct connection *connection) {
    if (stage_is_over(connection)) {
        return connection->arrival.is_awaited ? WATCH_SENDING : WATCH_LINGER;
    }
    if (writer_is_waiting(&connection->writer)) {
        return WATCH_SENDING;
    }
    if (connection->stage == STAGE_TURN) {
        return WATCH_TURN;
    }
    if (!connection->is_reading) {
        return WATCH_BUSY;
    }
    if (connection->stage == STAGE_HANDSHAKE) {
        return WATCH_HANDSHAKE;
    }
    if (connection->in.start < connection->in.end) {
        return connection->is_proven ? WATCH_MESSAGE : WATCH_OPENING;
    }
    if (connection->all->handler->owes_answer(connection)) {
        return WATCH_BUSY;
    }
    return connection->is_proven ? WATCH_IDLE : WATCH_SILENT;
}

static void wait_for(struct connection *connection, enum watch_kind kind) {
    struct connections *all = connection->all;
    watch_remove(&connection->link);
    watch_add(&all->watch, &connection->link, kind);
    connection->waits_for = (uint8_t)kind;
    if (kind != WATCH_BUSY) {
        all->events->needs_sweeps(all->loop);
    }
}

void stage_restart_deadline(struct connection *connection, enum watch_kind kind) {
    wait_for(connection, kind);
    stage_touch(connection); // it may wait for something else now
}

void stage_settle_deadline(struct connection *connection) {
    enum watch_kind kind = what_it_waits_for(connection);
    if (kind != connection->waits_for) {
        wait_for(connection, kind);
    }
}

// Walks ---------------------------------------------------------------------------------------------------

static struct connection *of(struct watch_link *link) {
    return link == NULL ? NULL : CONTAINER_OF(link, struct connection, link);
}

struct connection *stage_first(const struct connections *all, enum watch_kind kind) {
    return of(watch_oldest(&all->watch, kind));
}

struct connection *stage_next(const struct connection *connection, enum watch_kind kind) {
    return of(watch_next(&connection->all->watch, kind, &connection->link));
}

struct connection *stage_next_after_change(const struct connections *all, enum watch_kind kind,
                                           struct connection *next) {
    bool still_waits = next == NULL || (next->stage != STAGE_CLOSED && next->waits_for == kind);
    return still_waits ? next : stage_first(all, kind);
}

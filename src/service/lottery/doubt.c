#include "service/lottery/doubt.h"

#include "base/clock.h"
#include "base/container.h"
#include "net/net.h"

enum {
    OWED_BYTES_MAX = 8 * 1024 * 1024,
    LARGE_BYTES = 64 * 1024,
    TURN_NS = 100000000, // how long a turn is kept for a connection that has not been read yet
    GO_ON_MS = 5,
};

bool doubt_begin(struct doubt *doubt, struct loop *loop) {
    share_begin(&doubt->share, clock_steady_ns());
    doubt->loop = loop;
    doubt->waiting = fair_new(UINT32_MAX, UINT32_MAX);
    return doubt->waiting != NULL;
}

void doubt_end(struct doubt *doubt) {
    fair_free(doubt->waiting);
    doubt->waiting = NULL;
}

bool doubt_is_waiting(const struct doubt_place *place) {
    return place->turn.lane != NULL;
}

bool doubt_wait(struct doubt *doubt, struct doubt_place *place, uint64_t source) {
    uint64_t group = place->owed > 1; // one of its messages was refused
    if (!fair_join(doubt->waiting, group, source, &place->turn)) {
        return false;
    }
    loop_wake_after(doubt->loop, GO_ON_MS);
    return true;
}

bool doubt_may_take(struct doubt *doubt, struct doubt_place *place, uint64_t source) {
    if (place->owed == 0) {
        return true;
    }
    if (doubt_is_waiting(place)) {
        return false;
    }
    uint64_t now_ns = clock_steady_ns();
    return now_ns < place->turn_until_ns || share_has_any(&doubt->share, now_ns) ||
           !doubt_wait(doubt, place, source);
}

// A large message is not even read before its turn: its bytes cost time, and memory while they wait.
static bool may_read_large(struct doubt *doubt, struct doubt_place *place, uint64_t source) {
    if (doubt_is_waiting(place)) {
        return false;
    }
    if (place->reserved_ns != 0) {
        return true;
    }
    if (!share_has_any(&doubt->share, clock_steady_ns()) && doubt_wait(doubt, place, source)) {
        return false;
    }
    place->reserved_ns = share_reserve(&doubt->share);
    return true;
}

bool doubt_may_read(struct doubt *doubt, struct doubt_place *place, uint64_t source, size_t bytes,
                    bool is_whole) {
    if (bytes <= LARGE_BYTES || (place->is_known && place->owed == 0)) {
        return true;
    }
    place->owed += place->owed == 0;
    return is_whole || may_read_large(doubt, place, source);
}

void doubt_refused(struct doubt_place *place, size_t bytes) {
    place->owed = bytes < OWED_BYTES_MAX - place->owed ? place->owed + (uint32_t)bytes + 1 : OWED_BYTES_MAX;
}

void doubt_pay(struct doubt_place *place, size_t bytes) {
    place->is_known = true;
    place->owed = place->owed > bytes ? place->owed - (uint32_t)bytes : 0;
}

uint64_t doubt_start(const struct doubt_place *place) {
    return place->owed == 0 ? 0 : clock_steady_ns();
}

bool doubt_stop(struct doubt *doubt, struct doubt_place *place, uint64_t began_ns) {
    if (place->owed == 0) {
        return false;
    }
    struct share *share = &doubt->share;
    uint64_t now_ns = clock_steady_ns();
    bool was_refused = place->owed > 1; // now or earlier
    if (!was_refused) {
        share_return(share, place->reserved_ns);
    } else if (began_ns != 0) {
        share_spend(share, now_ns - began_ns, place->reserved_ns);
    } else {
        (void)share_reserve(share); // this message was not timed
    }
    place->reserved_ns = place->turn_until_ns = 0;
    return was_refused && !doubt_is_waiting(place) && !share_has_any(share, now_ns);
}

struct doubt_place *doubt_next(struct doubt *doubt) {
    struct fair_item *item = NULL;
    if (!fair_is_empty(doubt->waiting) && share_has_any(&doubt->share, clock_steady_ns())) {
        item = fair_take_next(doubt->waiting);
    }
    if (item == NULL) {
        if (!fair_is_empty(doubt->waiting)) {
            loop_wake_after(doubt->loop, GO_ON_MS);
        }
        return NULL;
    }
    struct doubt_place *place = CONTAINER_OF(item, struct doubt_place, turn);
    if (place->reserved_ns == 0) {
        place->reserved_ns = share_reserve(&doubt->share);
    }
    place->turn_until_ns = clock_steady_ns() + TURN_NS;
    return place;
}

void doubt_leave(struct doubt *doubt, struct doubt_place *place) {
    fair_quit(doubt->waiting, &place->turn);
}

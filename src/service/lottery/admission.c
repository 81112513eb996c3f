#include "service/lottery/admission.h"

#include "base/container.h"
#include "service/limits.h"

enum { WEIGHT_BYTES = 256 * 1024 }; // a message counts as 1, and as 1 more for each of these

struct fair *admission_new(void) {
    return fair_new(LANE_WEIGHT_MAX, AGENCY_WEIGHT_MAX);
}

uint64_t admission_group(uint32_t agency, bool is_useless) {
    return (uint64_t)agency << 1 | is_useless;
}

// Without memory for a lane, no limits apply; the connection still takes its turns in the ledger's queue.
static void choose_lane(struct fair *admission, struct admission_place *place, uint64_t source,
                        uint64_t group) {
    if (place->lane != NULL && place->group == group) {
        return;
    }
    struct fair_lane *lane = fair_lane(admission, group, source);
    if (place->lane != NULL) {
        fair_leave(&place->turn);
        fair_release(admission, place->lane);
    }
    place->lane = lane;
    place->group = group;
}

void admission_choose(struct fair *admission, struct admission_place *place, uint64_t source,
                      uint32_t agency) {
    choose_lane(admission, place, source, admission_group(agency, place->is_useless));
}

void admission_note_use(struct admission_place *place, bool is_useless) {
    place->is_useless = is_useless;
}

bool admission_is_waiting(const struct admission_place *place) {
    return place->turn.lane != NULL;
}

bool admission_may_go(struct fair *admission, struct admission_place *place, uint64_t source,
                      bool has_some_there) {
    if (place->lane == NULL) {
        return true;
    }
    uint64_t group = (place->group & ~(uint64_t)1) | place->is_useless;
    if (group != place->group && has_some_there) {
        return false;
    }
    choose_lane(admission, place, source, group);
    if (place->lane == NULL || fair_has_room(place->lane)) {
        return true;
    }
    if (!admission_is_waiting(place)) {
        fair_wait(place->lane, &place->turn, 1);
    }
    return false;
}

struct admission_pass admission_begin(const struct admission_place *place, size_t bytes) {
    struct admission_pass pass = {place->lane, 1 + (uint32_t)(bytes / WEIGHT_BYTES)};
    if (pass.lane != NULL) {
        fair_begin(pass.lane, pass.weight);
        fair_hold(pass.lane); // the connection may be gone before the answer has been handled
    }
    return pass;
}

void admission_end(const struct admission_pass *pass) {
    if (pass->lane != NULL) {
        fair_end(pass->lane, pass->weight);
    }
}

struct admission_place *admission_next(const struct admission_pass *pass) {
    struct fair_item *item = pass->lane == NULL ? NULL : fair_next_beside(pass->lane);
    return item == NULL ? NULL : CONTAINER_OF(item, struct admission_place, turn);
}

void admission_give_back(struct fair *admission, struct admission_pass *pass) {
    if (pass->lane != NULL) {
        fair_release(admission, pass->lane);
        pass->lane = NULL;
    }
}

void admission_leave(struct fair *admission, struct admission_place *place, bool has_some_there) {
    fair_leave(&place->turn);
    if (place->lane != NULL && !has_some_there) {
        fair_release(admission, place->lane);
        place->lane = NULL;
    }
}

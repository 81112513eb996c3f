#include "service/lottery/lines.h"

#include "base/container.h"

enum {
    LISTS_AT_ONCE = 2,
    PART_WITH_LEDGER = 4, // the ledger gets at most one in this many of the bytes that a loop may hold
};

bool lines_begin(struct lines *lines, size_t memory_max) {
    *lines = (struct lines){.for_room = fair_new(UINT32_MAX, UINT32_MAX),
                            .for_list = fair_new(UINT32_MAX, UINT32_MAX),
                            .bytes_max = memory_max / PART_WITH_LEDGER};
    return lines->for_room != NULL && lines->for_list != NULL;
}

void lines_end(struct lines *lines) {
    fair_free(lines->for_room);
    fair_free(lines->for_list);
    lines->for_room = lines->for_list = NULL;
}

bool lines_is_waiting(const struct lines_place *place) {
    return place->turn.lane != NULL;
}

// False when out of memory.
static bool wait_in(struct fair *line, struct lines_place *place, uint32_t agency, uint64_t source) {
    place->line = line;
    return fair_join(line, agency, source, &place->turn);
}

// Takes the next connection in turn; NULL when none waits.
static struct lines_place *take_next(struct fair *line) {
    struct fair_item *item = fair_take_next(line);
    return item == NULL ? NULL : CONTAINER_OF(item, struct lines_place, turn);
}

static bool has_room(const struct lines *lines) {
    return lines->bytes < lines->bytes_max;
}

void lines_fill(struct lines *lines, size_t bytes) {
    lines->bytes += bytes;
}

void lines_empty(struct lines *lines, size_t bytes) {
    lines->bytes -= bytes;
}

bool lines_room_may_take(struct lines *lines, struct lines_place *place, uint32_t agency, uint64_t source) {
    return has_room(lines) || !wait_in(lines->for_room, place, agency, source);
}

struct lines_place *lines_next_for_room(struct lines *lines) {
    return has_room(lines) ? take_next(lines->for_room) : NULL;
}

bool lines_list_may_go(struct lines *lines, struct lines_place *place, uint32_t agency, uint64_t source) {
    if (place->may_list) {
        return true;
    }
    if (lines->lists >= LISTS_AT_ONCE && wait_in(lines->for_list, place, agency, source)) {
        return false;
    }
    lines->lists++;
    return place->may_list = true;
}

bool lines_take_list(struct lines_place *place) {
    bool had_it = place->may_list;
    place->may_list = false;
    return had_it;
}

void lines_list_is_done(struct lines *lines) {
    lines->lists--;
}

struct lines_place *lines_next_for_list(struct lines *lines) {
    struct lines_place *place = lines->lists < LISTS_AT_ONCE ? take_next(lines->for_list) : NULL;
    if (place != NULL) {
        lines->lists++;
        place->may_list = true;
    }
    return place;
}

void lines_leave(struct lines_place *place) {
    fair_quit(place->line, &place->turn);
}

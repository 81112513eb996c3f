#include "cli/status_heard.h"

#include "base/clock.h"
#include "control/silence.h"
#include "ledger/pulse.h"

#include <stdlib.h>
#include <string.h>

// Taking --------------------------------------------------------------------------------------------------

static bool make_room(struct status_heard *heard) {
    if (heard->count < heard->room) {
        return true;
    }
    size_t room = heard->room == 0 ? 256 : 2 * heard->room;
    struct silent *all = reallocarray(heard->all, room, sizeof *all);
    if (all == NULL) {
        return false;
    }
    heard->all = all;
    heard->room = room;
    return true;
}

static bool take_one(void *context, const struct json_value *values) {
    struct status_heard *heard = context;
    if (!make_room(heard)) {
        return false;
    }
    uint64_t silent_s = control_reply_number(&values[1]);
    bool can_be = silent_s <= heard->up_s && silent_s < PULSE_NEVER;
    heard->all[heard->count++] = (struct silent){.agency = (uint32_t)control_reply_number(&values[0]),
                                                 .for_s = can_be ? (uint32_t)silent_s : PULSE_NEVER};
    return true;
}

void status_heard_take(struct status_heard *heard, struct control_reply *reply) {
    static const char *const names[] = {"heard", "more_heard", "up_s"}, *const of_one[] = {"agency",
                                                                                           "silent_s"};
    struct json_value values[3];
    struct error ignored;
    size_t before = heard->count, taken = 0;
    bool is_there = control_reply_fields(reply, names, 3, values, &ignored) && values[0].kind == JSON_ARRAY;
    bool is_whole = is_there && values[1].kind == JSON_BOOLEAN && !values[1].boolean;
    if (is_there) {
        heard->up_s = control_reply_number(&values[2]);
        taken = json_each_object(reply->parser, &values[0], of_one, 2, take_one, heard);
        is_whole = is_whole && taken == values[0].elements;
    }
    if (!is_whole) {
        uint32_t last = taken == 0 ? 0 : heard->all[before + taken - 1].agency;
        heard->until = last < heard->until ? last : heard->until;
    }
}

// Putting together ----------------------------------------------------------------------------------------

static int by_agency(const void *one, const void *other) {
    const struct silent *a = one, *b = other;
    if (a->agency != b->agency) {
        return a->agency < b->agency ? -1 : 1;
    }
    return (a->for_s > b->for_s) - (a->for_s < b->for_s);
}

static int agency_order(const void *agency, const void *other) {
    const struct silent *silent = other;
    uint32_t number = *(const uint32_t *)agency;
    return (number > silent->agency) - (number < silent->agency);
}

void status_heard_settle(struct status_heard *heard) {
    size_t kept = 0;
    if (heard->count > 0) {
        qsort(heard->all, heard->count, sizeof *heard->all, by_agency);
    }
    for (size_t i = 0; i < heard->count; i++) {
        if (kept == 0 || heard->all[kept - 1].agency != heard->all[i].agency) {
            heard->all[kept++] = heard->all[i];
        }
    }
    heard->count = kept;
}

uint32_t status_heard_of(const struct status_heard *heard, uint32_t agency) {
    if (agency > heard->until) {
        return 0;
    }
    const struct silent *found =
        heard->count == 0 ? NULL
                          : bsearch(&agency, heard->all, heard->count, sizeof *heard->all, agency_order);
    return found == NULL ? PULSE_NEVER : found->for_s;
}

static uint32_t silence_at_all(const void *context, uint32_t agency) {
    return status_heard_of(context, agency);
}

static void set_silent(const struct silent *from, struct status_silent *to) {
    *to = (struct status_silent){.agency = from->agency, .is_heard = from->for_s != PULSE_NEVER};
    if (to->is_heard) {
        clock_utc_text_ago(from->for_s, to->heard_at);
        to->silent_s = from->for_s;
    }
}

void status_heard_finish(struct status_heard *heard, const char *among, struct status_live *live) {
    _Static_assert((int)SILENT_MAX <= (int)STATUS_SILENT_MAX, "there is room for all of an answer's");
    struct silence silence;
    struct error ignored;
    live->never = live->quiet = 0;
    live->silent_count = 0;
    status_heard_settle(heard);
    if (among[0] == '\0' || !silence_look_by(silence_at_all, heard, among, &silence, &ignored)) {
        return;
    }
    live->never = silence.never;
    live->quiet = silence.quiet;
    for (; live->silent_count < silence.count; live->silent_count++) {
        set_silent(&silence.longest[live->silent_count], &live->silent[live->silent_count]);
    }
}

void status_heard_free(struct status_heard *heard) {
    free(heard->all);
    *heard = (struct status_heard){.all = NULL};
}

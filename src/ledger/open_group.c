#include "ledger/open_group.h"

#include "base/clock.h"
#include "ledger/counters.h"
#include "ledger/limits.h"
#include "ledger/state.h"
#include "ledger/unknown.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool open_group_begin(struct ledger *ledger, struct error *error) {
    if (!ledger->open_group.is_begun) {
        ledger->open_group.is_begun = store_begin(ledger->store, error);
    }
    return ledger->open_group.is_begun;
}

bool open_group_change(struct ledger *ledger, struct error *error) {
    ledger->open_group.is_due = true;
    return ledger->is_shared || open_group_begin(ledger, error);
}

bool open_group_is_due(const struct ledger *ledger) {
    return ledger->open_group.is_due || ledger->open_group.is_begun;
}

bool open_group_add(struct ledger *ledger, const struct stored_chunk *chunk, struct error *error) {
    struct open_group *group = &ledger->open_group;
    group->takes = true;
    if (!open_group_change(ledger, error)) {
        return false;
    }
    if (!ledger->is_shared) {
        return store_add_chunk(ledger->store, chunk, error);
    }
    if (group->added == NULL) {
        group->added = malloc(GROUP_CHUNKS_MAX * sizeof *group->added);
    }
    if (group->added == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the chunks of a group");
    }
    assert(group->added_count < GROUP_CHUNKS_MAX);
    group->added[group->added_count++] = *chunk;
    return true;
}

static bool add_chunks(struct ledger *ledger, struct error *error) {
    struct open_group *group = &ledger->open_group;
    for (size_t i = 0; i < group->added_count; i++) {
        if (!store_add_chunk(ledger->store, &group->added[i], error)) {
            return false;
        }
    }
    group->added_count = 0;
    return true;
}

bool open_group_show(struct ledger *ledger, uint32_t agency, struct error *error) {
    const struct open_group *group = &ledger->open_group;
    size_t i = 0;
    while (i < group->added_count && group->added[i].agency != agency) {
        i++;
    }
    return i == group->added_count || (open_group_begin(ledger, error) &&
                                       open_group_put_agencies(ledger, error) && add_chunks(ledger, error));
}

void open_group_note_end(struct ledger *ledger) {
    ledger->open_group.finishing++;
}

void open_group_note_last_chunk(struct ledger *ledger) {
    open_group_note_end(ledger);
    ledger->open_group.takes = true;
}

void open_group_note_close(struct ledger *ledger) {
    ledger->open_group.closes = true;
}

void open_group_note_seal(struct ledger *ledger) {
    ledger->open_group.seals = true;
}

void open_group_end(struct ledger *ledger) {
    struct open_group *group = &ledger->open_group;
    group->is_begun = group->is_due = group->takes = group->closes = group->seals = false;
    group->added_count = 0;
}

void open_group_free(struct ledger *ledger) {
    free(ledger->open_group.added);
    ledger->open_group.added = NULL;
}

void open_group_drop(struct ledger *ledger) {
    store_drop(ledger->store);
    open_group_end(ledger);
    ledger->open_group.finishing = 0;
}

static int compare_numbers(const void *a, const void *b) {
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

bool open_group_put_agencies(struct ledger *ledger, struct error *error) {
    if (ledger->is_shared) {
        qsort(ledger->touched.numbers, ledger->touched.count, sizeof *ledger->touched.numbers,
              compare_numbers);
    }
    for (uint32_t i = 0; i < ledger->touched.count; i++) {
        struct agency *agency = &ledger->agencies[ledger->touched.numbers[i]];
        if (!store_put_agency(ledger->store, &agency->row, error)) {
            return false;
        }
    }
    state_untouch_all(ledger);
    return true;
}

// What agencies have sent may go only into the draw that it was decided on: another server may have changed
// it, and sealed it without this agency. When an agency finishes in the group, counting the finished agencies
// checks this; a cut-off only this does, also for a last chunk that has no bets.
static bool hold_draw(struct ledger *ledger, struct error *error) {
    bool is_checked = ledger->open_group.finishing > 0 && ledger->draw.closes_at[0] == '\0';
    return !ledger->open_group.takes || is_checked ||
           store_hold_draw(ledger->store, ledger->draw.checksum, error);
}

// Of a shared store by the database's clock, as its cut-off is: a close comes at it, or after it.
static bool note_closed_at(struct ledger *ledger, struct error *error) {
    struct stored_draw *draw = &ledger->draw;
    if (ledger->is_shared && !store_now(ledger->store, draw->sealed_at, error)) {
        return false;
    }
    memcpy(draw->closed_at, draw->sealed_at, sizeof draw->closed_at);
    return true;
}

// When the last agency finishes, the draw is sealed, whichever server this happens on.
static bool seal_if_all_finished(struct ledger *ledger, struct error *error) {
    struct open_group *group = &ledger->open_group;
    uint32_t finished = ledger->finished;
    if (group->finishing == 0) {
        return true;
    }
    if (!store_count_finished(ledger->store, ledger->draw.checksum, group->finishing, &finished, error)) {
        return false;
    }
    group->finishing = 0;
    if (finished < ledger->draw.agencies) {
        return true;
    }
    state_move_draw(&ledger->draw, DRAW_SEALED);
    if (group->closes && !note_closed_at(ledger, error)) {
        return false;
    }
    open_group_note_seal(ledger);
    return store_put_draw(ledger->store, &ledger->draw, error);
}

static bool commit(struct ledger *ledger, struct error *error) {
    uint64_t began_ns = clock_steady_ns();
    bool done = store_commit(ledger->store, error);
    if (done) {
        counter_add_duration(&ledger_counters.commit_seconds, clock_steady_ns() - began_ns);
    }
    return done;
}

bool open_group_commit(struct ledger *ledger, struct error *error) {
    bool done = open_group_begin(ledger, error) && open_group_put_agencies(ledger, error) &&
                add_chunks(ledger, error) && hold_draw(ledger, error) &&
                seal_if_all_finished(ledger, error) && commit(ledger, error);
    bool seals = ledger->open_group.seals;
    open_group_end(ledger);
    if (done) {
        state_told_is_stored(ledger);
    }
    if (seals) {
        unknown_end_seal(ledger, done, error);
    }
    return done;
}

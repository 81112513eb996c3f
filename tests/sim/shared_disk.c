#include "shared_disk.h"

#include "bet/errors.h"

#include "../unit/memory_store.h"
#include "world.h"

#include <string.h>
#include <time.h>

static struct {
    bool is_used;
    bool (*works)(const char *call, struct error *error);
    struct store_operations operations;
} shared;

// Reading ---------------------------------------------------------------------------------------------------

static bool snapshot(struct store *store, struct error *error) {
    (void)store;
    return shared.works("snapshot", error);
}

static bool add_up(void *context, const struct stored_agency *agency, struct error *error) {
    struct stored_totals *totals = context;
    (void)error;
    totals->rows++;
    totals->last = agency->agency;
    totals->bets += agency->bets;
    totals->finished += agency->finished_at[0] != '\0';
    totals->told += agency->told_at[0] != '\0';
    return true;
}

static bool total_agencies(struct store *store, struct stored_totals *totals, struct error *error) {
    *totals = (struct stored_totals){0};
    return shared.operations.agencies(store, add_up, totals, error);
}

struct some {
    const uint32_t *numbers;
    size_t count;
    store_each_agency each;
    void *context;
};

static bool take_if_wanted(void *context, const struct stored_agency *agency, struct error *error) {
    const struct some *some = context;
    for (size_t i = 0; i < some->count; i++) {
        if (some->numbers[i] == agency->agency) {
            return some->each(some->context, agency, error);
        }
    }
    return true;
}

static bool some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                          store_each_agency each, void *context, struct error *error) {
    struct some some = {numbers, count, each, context};
    (void)locks;
    return shared.operations.agencies(store, take_if_wanted, &some, error);
}

static bool count_paper(void *context, const struct stored_paper *paper, struct error *error) {
    (void)error;
    *(uint32_t *)context += paper->kind != PAPER_RULES;
    return true;
}

static bool count_papers(struct store *store, uint32_t *count, struct error *error) {
    *count = 0;
    return shared.operations.papers(store, count_paper, count, error);
}

static void write_now(char text[STORE_TIME_BYTES]) {
    time_t at = (time_t)((world_wall_ms() - world_clock_offset()) / 1000);
    struct tm fields;
    gmtime_r(&at, &fields);
    strftime(text, STORE_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &fields);
}

static bool now(struct store *store, char text[STORE_TIME_BYTES], struct error *error) {
    (void)store;
    write_now(text);
    return shared.works("now", error);
}

// Within a group --------------------------------------------------------------------------------------------

static bool is_stored_draw(struct store *store, uint64_t checksum, struct stored_draw *draw,
                           struct error *error) {
    bool found;
    return shared.operations.get_draw(store, draw, &found, error) &&
           ((found && draw->checksum == checksum) ||
            error_set(error, ERROR_STORE_STALE, "another server has changed the draw"));
}

static bool count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                           struct error *error) {
    struct stored_draw draw = {0};
    struct stored_totals totals;
    (void)more; // their rows are put by then
    bool done = is_stored_draw(store, draw_checksum, &draw, error) && total_agencies(store, &totals, error);
    *finished = done ? totals.finished : 0;
    return done;
}

static bool lock_draw(struct store *store, struct error *error) {
    (void)store;
    return shared.works("lock_draw", error);
}

static bool hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) {
    struct stored_draw draw = {0};
    char text[STORE_TIME_BYTES];
    return is_stored_draw(store, draw_checksum, &draw, error) && now(store, text, error) &&
           (draw.closes_at[0] == '\0' || strcmp(draw.closes_at, text) > 0 ||
            error_set(error, ERROR_STORE_STALE, "the cut-off has come"));
}

static bool confirm(struct store *store, struct error *error) {
    (void)store;
    return shared.works("confirm", error);
}

static bool claim_draw(struct store *store, bool *claimed, struct error *error) {
    struct stored_draw draw = {0};
    bool found, done = shared.operations.get_draw(store, &draw, &found, error);
    *claimed = done && found && draw.state == DRAW_SEALED;
    return done;
}

// -----------------------------------------------------------------------------------------------------------

void shared_disk_use(bool (*works)(const char *call, struct error *error)) {
    shared.is_used = true;
    shared.works = works;
}

bool shared_disk_is_used(void) {
    return shared.is_used;
}

void shared_disk_take(struct store *store) {
    shared.operations = *store->operations;
    shared.operations.is_shared = true;
    shared.operations.snapshot = snapshot;
    shared.operations.end_snapshot = snapshot;
    shared.operations.total_agencies = total_agencies;
    shared.operations.some_agencies = some_agencies;
    shared.operations.count_papers = count_papers;
    shared.operations.count_finished = count_finished;
    shared.operations.lock_draw = lock_draw;
    shared.operations.hold_draw = hold_draw;
    shared.operations.now = now;
    shared.operations.confirm = confirm;
    shared.operations.claim_draw = claim_draw;
    store->operations = &shared.operations;
}

bool shared_disk_is_past(const char *moment) {
    char text[STORE_TIME_BYTES];
    write_now(text);
    return shared.is_used && moment[0] != '\0' && strcmp(moment, text) <= 0;
}

int64_t shared_disk_clock_offset(void) {
    return shared.is_used ? 0 : world_clock_offset();
}

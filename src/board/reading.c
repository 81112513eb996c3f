#include "board/reading.h"

#include "bet/errors.h"
#include "board/states.h"
#include "ledger/pulse.h"
#include "ledger/signed_status.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_MS = 10 * 1000 }; // over which a rate is smoothed

struct reading {
    const struct board_sight *sight;
    const struct board_snapshot *before; // NULL: none
    struct board_snapshot *next;
    size_t room;          // for rows
    uint32_t next_number; // of the agency behind the last row that came
    uint64_t ended;
};

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the board's agencies");
}

// One agency ------------------------------------------------------------------------------------------------

static const struct board_agency *row_before(const struct reading *reading, uint32_t agency) {
    const struct board_snapshot *before = reading->before;
    return before != NULL && agency <= before->count ? &before->agencies[agency - 1] : NULL;
}

// What only the agency itself brings about.
static bool has_acted(const struct stored_agency *agency, const struct board_agency *before) {
    return agency->bets > before->bets || (agency->told_at[0] != '\0' && before->told_at[0] == '\0') ||
           (agency->ending == AGENCY_FINISHED && before->finished_at[0] == '\0');
}

// How far the clock was set since the snapshot before. Both are told in whole seconds: their difference may
// waver by one.
static time_t clock_set_s(const struct board_sight *sight, const struct board_snapshot *before) {
    time_t passed_s = (time_t)((sight->now_ms - sight->before_ms) / 1000);
    time_t set_s = before->read_at == 0 ? 0 : sight->now - before->read_at - passed_s;
    return set_s < -1 || set_s > 1 ? set_s : 0;
}

// By the clock as it is set now, and never later than now.
static time_t heard_before(const struct reading *reading, const struct board_agency *before) {
    const struct board_sight *sight = reading->sight;
    time_t heard = before->heard_at == 0 ? 0 : before->heard_at + clock_set_s(sight, reading->before);
    return heard < sight->now ? heard : sight->now;
}

static time_t heard_at(const struct reading *reading, const struct stored_agency *agency,
                       const struct board_agency *before) {
    const struct board_sight *sight = reading->sight;
    uint32_t heard_s = pulse_heard_s(sight->pulse, agency->agency);
    time_t heard = heard_s == PULSE_NEVER ? 0 : sight->pulse_began + (time_t)heard_s;
    if (reading->next->is_shared && before != NULL) {
        time_t elsewhere = has_acted(agency, before) ? sight->now : heard_before(reading, before);
        return elsewhere > heard ? elsewhere : heard;
    }
    return heard;
}

// Whom a server has not heard of since it began may have sent until then.
static bool is_quiet(const struct reading *reading, time_t heard) {
    time_t since = heard == 0 ? reading->sight->pulse_began : heard;
    return reading->sight->now - since >= PULSE_SILENT_S;
}

// A filter of the first order, whose step may be of any length.
static double rate_of(const struct reading *reading, const struct board_agency *row,
                      const struct board_agency *before) {
    uint64_t passed_ms = reading->sight->now_ms - reading->sight->before_ms;
    if (before == NULL || passed_ms == 0 || row->bets < before->bets ||
        (row->state != BOARD_SENDING && row->state != BOARD_SILENT)) {
        return 0;
    }
    double passed = (double)passed_ms;
    double lately = (double)(row->bets - before->bets) * 1000 / passed;
    double rate = before->rate + (lately - before->rate) * passed / (RATE_MS + passed);
    return rate < 0.5 && row->bets == before->bets ? 0 : rate;
}

static bool put_row(struct reading *reading, const struct board_agency *row) {
    struct board_snapshot *next = reading->next;
    if (next->count == reading->room) {
        size_t room = reading->room == 0 ? 64 : 2 * reading->room;
        struct board_agency *rows = reallocarray(next->agencies, room, sizeof *rows);
        if (rows == NULL) {
            return false;
        }
        next->agencies = rows;
        reading->room = room;
    }
    next->agencies[next->count++] = *row;
    return true;
}

static bool count_agency(struct reading *reading, const struct stored_agency *agency, struct error *error) {
    const struct board_agency *before = row_before(reading, agency->agency);
    struct board_agency row = {.agency = agency->agency, .bets = agency->bets};
    memcpy(row.finished_at, agency->finished_at, sizeof row.finished_at);
    memcpy(row.told_at, agency->told_at, sizeof row.told_at);
    row.heard_at = heard_at(reading, agency, before);
    row.state = board_state_of(agency, is_quiet(reading, row.heard_at));
    row.rate = rate_of(reading, &row, before);
    reading->next->by_state[row.state]++;
    reading->next->bets += row.bets;
    reading->ended += agency->finished_at[0] != '\0';
    return agency->agency > BOARD_ROWS_MAX || put_row(reading, &row) || no_memory(error);
}

// Those that have no row have sent nothing.
static bool count_until(struct reading *reading, uint32_t end, struct error *error) {
    for (; reading->next_number < end; reading->next_number++) {
        if (!count_agency(reading, &(struct stored_agency){.agency = reading->next_number}, error)) {
            return false;
        }
    }
    return true;
}

static bool take_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct reading *reading = context;
    if (!count_until(reading, agency->agency, error)) {
        return false;
    }
    reading->next_number = agency->agency + 1;
    return count_agency(reading, agency, error);
}

// The draw --------------------------------------------------------------------------------------------------

static bool take_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct board_snapshot *next = context;
    (void)error;
    next->winners++;
    if (winner->agency > 0 && winner->agency <= next->count) {
        next->agencies[winner->agency - 1].winners++;
    }
    return true;
}

// They are counted once: only their documents go when a draw is erased.
static bool read_winners(struct reading *reading, struct store *store, struct error *error) {
    const struct board_snapshot *before = reading->before;
    struct board_snapshot *next = reading->next;
    if (next->draw.state != DRAW_DRAWN) {
        return true;
    }
    if (before == NULL || before->draw.state != DRAW_DRAWN) {
        return store_winners(store, take_winner, next, error);
    }
    next->winners = before->winners;
    for (size_t i = 0; i < next->count && i < before->count; i++) {
        next->agencies[i].winners = before->agencies[i].winners;
    }
    return true;
}

static bool read_approvals(struct reading *reading, struct store *store, struct error *error) {
    const struct stored_draw *draw = &reading->next->draw;
    struct signed_status status;
    if (draw->rules == 0 || draw->state != DRAW_SEALED || draw->number_mode != NUMBER_MANUAL ||
        draw->has_number) {
        return true;
    }
    if (!signed_status_read(store, &status, error)) {
        return false;
    }
    reading->next->approvals_wanted = status.approvals_wanted;
    reading->next->approvals = status.approvals;
    return true;
}

static bool read_draw(struct reading *reading, struct store *store, struct error *error) {
    struct board_snapshot *next = reading->next;
    bool done = store_get_draw(store, &next->draw, &next->has_draw, error);
    stored_draw_forget(&next->draw);
    return done &&
           (next->has_draw || error_set(error, ERROR_STORE_FAILED, "the store has no draw of that name") ||
            error_because(error, "it has no such draw"));
}

static void count_pace(const struct board_sight *sight, struct board_snapshot *next) {
    if (next->is_shared) {
        pace_note(sight->pace, sight->now_ms, next->bets);
        next->bets_10s = pace_bets(sight->pace, sight->now_ms, 10);
        next->bets_60s = pace_bets(sight->pace, sight->now_ms, PACE_SECONDS_MAX);
    } else {
        next->bets_10s = pulse_bets(sight->pulse, 10);
        next->bets_60s = pulse_bets(sight->pulse, PULSE_SECONDS_MAX);
    }
}

static bool read_all(struct reading *reading, struct store *store, struct error *error) {
    struct board_snapshot *next = reading->next;
    if (!read_draw(reading, store, error) || !store_agencies(store, take_agency, reading, error) ||
        !count_until(reading, next->draw.agencies + 1, error) || !read_winners(reading, store, error) ||
        !read_approvals(reading, store, error)) {
        return false;
    }
    next->missing = reading->ended < next->draw.agencies ? next->draw.agencies - reading->ended : 0;
    next->read_at = reading->sight->now;
    count_pace(reading->sight, next);
    return true;
}

// Versions --------------------------------------------------------------------------------------------------

static bool has_ended(const struct board_agency *row) {
    return row->finished_at[0] != '\0';
}

// As much of a rate as is shown.
static uint64_t tenths(double rate) {
    return (uint64_t)(10 * rate + 0.5);
}

// That one that has ended is heard of, as it asks for its winners, is no change.
static bool row_differs(const struct board_agency *row, const struct board_agency *before) {
    return row->state != before->state || row->bets != before->bets || row->winners != before->winners ||
           tenths(row->rate) != tenths(before->rate) ||
           (row->heard_at != before->heard_at && !has_ended(row)) ||
           strcmp(row->finished_at, before->finished_at) != 0 || strcmp(row->told_at, before->told_at) != 0;
}

static bool sums_differ(const struct board_snapshot *next, const struct board_snapshot *before) {
    return next->has_draw != before->has_draw || next->draw.checksum != before->draw.checksum ||
           memcmp(next->by_state, before->by_state, sizeof next->by_state) != 0 ||
           next->missing != before->missing || next->bets != before->bets ||
           next->winners != before->winners || next->bets_10s != before->bets_10s ||
           next->bets_60s != before->bets_60s || next->approvals != before->approvals ||
           next->approvals_wanted != before->approvals_wanted || next->count != before->count ||
           strcmp(next->trouble, before->trouble) != 0;
}

// Winners are shown once drawn: from then on none is shown as 0, too.
static bool shows_winners(const struct board_snapshot *snapshot) {
    return snapshot->draw.state == DRAW_DRAWN;
}

static void set_versions(struct board_snapshot *next, const struct board_snapshot *before) {
    uint64_t version = before == NULL ? 1 : before->version + 1;
    size_t known = before == NULL ? 0 : before->count;
    bool all_differ = before != NULL && shows_winners(next) != shows_winners(before);
    bool changed = before == NULL || all_differ || sums_differ(next, before);
    for (size_t i = 0; i < next->count; i++) {
        bool differs = i >= known || all_differ || row_differs(&next->agencies[i], &before->agencies[i]);
        next->agencies[i].version = differs ? version : before->agencies[i].version;
        changed = changed || differs;
    }
    next->version = changed ? version : before->version;
    next->whole_version = next->count < known ? version : before == NULL ? 0 : before->whole_version;
}

bool board_read(struct store *store, const struct board_sight *sight, const struct board_snapshot *before,
                struct board_snapshot **result, struct error *error) {
    struct board_snapshot *next = calloc(1, sizeof *next);
    struct reading reading = {.sight = sight, .before = before, .next = next, .next_number = 1};
    *result = NULL;
    if (next == NULL) {
        return no_memory(error);
    }
    next->is_shared = store_is_shared(store);
    if (!store_snapshot(store, error) || !read_all(&reading, store, error) ||
        !store_end_snapshot(store, error)) {
        board_snapshot_free(next);
        return false;
    }
    set_versions(next, before);
    *result = next;
    return true;
}

struct board_snapshot *board_read_failed(const struct board_snapshot *before, const char *trouble) {
    static const struct board_snapshot nothing;
    struct board_snapshot *next = board_snapshot_copy(before == NULL ? &nothing : before);
    if (next != NULL && (before == NULL || strcmp(next->trouble, trouble) != 0)) {
        snprintf(next->trouble, sizeof next->trouble, "%s", trouble);
        next->version++;
    }
    return next;
}

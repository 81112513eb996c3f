#include "cli/top_reading.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "cli/status_gather.h"
#include "cli/top_heard.h"
#include "ledger/pulse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MS = 3000 }; // for a server that is well

// What was to be done before may be wrong by now.
#define ADVICE_WITHOUT_STORE                                                                                 \
    "the store cannot be read: look at its disk or database, and at the way there; this goes on by itself"

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the agencies");
}

// Rows ----------------------------------------------------------------------------------------------------

struct rows {
    struct status *status;
    struct top_facts *facts;
    size_t room;
};

static bool add(struct rows *rows, const struct top_agency *agency) {
    struct top_facts *facts = rows->facts;
    if (facts->count == rows->room) {
        size_t room = 2 * rows->room + 64;
        struct top_agency *larger = reallocarray(facts->agencies, room, sizeof *larger);
        if (larger == NULL) {
            return false;
        }
        facts->agencies = larger;
        rows->room = room;
    }
    facts->agencies[facts->count++] = *agency;
    return true;
}

// Those that have no row have stored nothing.
static bool add_waiting(struct rows *rows, uint32_t end) {
    const struct top_facts *facts = rows->facts;
    uint32_t next = facts->count == 0 ? 1 : facts->agencies[facts->count - 1].agency + 1;
    for (; next < end; next++) {
        if (!add(rows, &(struct top_agency){.agency = next, .state = TOP_WAITING, .silent_s = TOP_NEVER})) {
            return false;
        }
    }
    return true;
}

// Whether one that sends is silent is found later.
static enum top_state state_of(const struct stored_agency *agency) {
    if (agency->told_at[0] != '\0') {
        return TOP_TOLD;
    }
    if (agency->finished_at[0] != '\0') {
        return agency->ending == AGENCY_FINISHED ? TOP_FINISHED : TOP_CUT_OFF;
    }
    return agency->bets > 0 ? TOP_SENDING : TOP_WAITING;
}

static bool take_row(void *context, const struct stored_agency *stored, struct error *error) {
    struct rows *rows = context;
    struct top_agency agency = {.agency = stored->agency,
                                .state = state_of(stored),
                                .bets = stored->bets,
                                .winners = status_take_winners(rows->status, stored->agency),
                                .silent_s = TOP_NEVER};
    memcpy(agency.finished_at, stored->finished_at, sizeof agency.finished_at);
    return (add_waiting(rows, stored->agency) && add(rows, &agency)) || no_memory(error);
}

static bool read_rows(struct status *status, struct top_facts *facts, struct error *error) {
    struct rows rows = {.status = status, .facts = facts};
    return store_agencies(status->store, take_row, &rows, error) &&
           (add_waiting(&rows, facts->expected + 1) || no_memory(error));
}

// The last rows, where there are no new ones.
static bool keep_rows(const struct top_facts *before, struct top_facts *facts, struct error *error) {
    if (before == NULL || before->count == 0) {
        return true;
    }
    facts->agencies = reallocarray(NULL, before->count, sizeof *facts->agencies);
    if (facts->agencies == NULL) {
        return no_memory(error);
    }
    memcpy(facts->agencies, before->agencies, before->count * sizeof *facts->agencies);
    facts->count = before->count;
    facts->agencies_at = before->agencies_at;
    return true;
}

// Silence -------------------------------------------------------------------------------------------------

// Who was never heard of is silent at least since the servers and this program began to listen.
static bool is_silent(const struct top_agency *agency, uint32_t listened_s) {
    return (agency->silent_s == TOP_NEVER ? listened_s : agency->silent_s) >= PULSE_SILENT_S;
}

static void find_silent(struct top_facts *facts, uint32_t watched_s) {
    uint64_t up_s = facts->live.is_there ? facts->live.all.up_s : 0;
    uint32_t listened_s = up_s > watched_s ? (uint32_t)up_s : watched_s;
    memset(facts->by_state, 0, sizeof facts->by_state);
    for (size_t i = 0; i < facts->count; i++) {
        struct top_agency *agency = &facts->agencies[i];
        if (agency->state == TOP_SENDING || agency->state == TOP_SILENT) {
            agency->state = is_silent(agency, listened_s) ? TOP_SILENT : TOP_SENDING;
        }
        facts->by_state[agency->state]++;
    }
}

// All of it -----------------------------------------------------------------------------------------------

static void take_status(const struct status *status, struct top_facts *facts) {
    const struct stored_draw *draw = &status->draw;
    struct status_advice advice;
    snprintf(facts->draw, sizeof facts->draw, "%s", status->draw_name);
    facts->state = draw->state;
    memcpy(facts->closes_at, draw->closes_at, sizeof facts->closes_at);
    facts->expected = draw->agencies;
    facts->missing = status_missing(status);
    facts->bets = status->totals.bets;
    facts->winners = status->totals.winners;
    facts->has_number = status_is_drawn(status);
    facts->number = facts->has_number ? draw->winning_number : 0;
    facts->now = status->now;
    facts->live = status->live;
    snprintf(facts->store_trouble, sizeof facts->store_trouble, "%.380s", status->no_store);
    status_advise(status, &advice);
    bool is_unknown = status->no_store[0] != '\0' && strcmp(advice.code, "none") == 0;
    snprintf(facts->advice, sizeof facts->advice, "%s", is_unknown ? ADVICE_WITHOUT_STORE : advice.text);
}

static bool take(const struct top_source *source, struct status *status, struct top_memory *memory,
                 const struct top_facts *before, struct top_facts *facts, struct error *error) {
    uint64_t now_ms = clock_steady_ms();
    take_status(status, facts);
    if (status->store != NULL && !read_rows(status, facts, error)) {
        return false;
    }
    if (status->store == NULL && !keep_rows(before, facts, error)) {
        return false;
    }
    facts->agencies_at = status->store != NULL ? facts->now : facts->agencies_at;
    top_heard_ask(&source->call, facts);
    if (!top_memory_take(memory, now_ms, facts)) {
        return no_memory(error);
    }
    find_silent(facts, top_memory_age_s(memory, now_ms));
    return true;
}

// The store is away, and no server tells anything.
static bool keep_all(const struct top_facts *before, struct top_facts *facts, const struct error *reason,
                     struct error *error) {
    *facts = *before;
    facts->agencies = NULL;
    facts->now = time(NULL);
    facts->live = (struct status_live){.is_there = false};
    memcpy(facts->store_trouble, reason->text, sizeof facts->store_trouble);
    snprintf(facts->advice, sizeof facts->advice, "%s", ADVICE_WITHOUT_STORE);
    return keep_rows(before, facts, error);
}

static bool read_or_keep(const struct top_source *source, struct top_memory *memory,
                         const struct top_facts *before, struct top_facts *facts, struct error *error) {
    struct status status = {.draw_name = source->call.store.draw, .flags = source->flags};
    struct error reason;
    bool done;
    if (status_gather(&source->call, &status, &reason)) {
        done = take(source, &status, memory, before, facts, error);
    } else if (before != NULL) {
        done = keep_all(before, facts, &reason, error);
    } else {
        done = error_set(error, reason.code, "%s", reason.text);
    }
    status_gather_end(&status);
    return done;
}

bool top_read(const struct top_source *source, struct top_memory *memory, const struct top_facts *before,
              struct top_facts **facts, struct error *error) {
    *facts = calloc(1, sizeof **facts);
    if (*facts == NULL) {
        return no_memory(error);
    }
    if (read_or_keep(source, memory, before, *facts, error)) {
        return true;
    }
    top_facts_free(*facts);
    *facts = NULL;
    return false;
}

// Numbers -------------------------------------------------------------------------------------------------

struct reading_counts {
    struct top_numbers *numbers;
    size_t count;
};

static bool take_count(void *context, uint64_t count) {
    struct reading_counts *reading = context;
    if (reading->count == NUMBER_COUNTS) {
        return false;
    }
    reading->numbers->counts[reading->count++] = count;
    return true;
}

static void take_numbers(struct control_reply *reply, struct top_numbers *numbers) {
    static const char *const names[] = {"bets", "age_s", "counts", "failure"};
    struct json_value values[4];
    struct error error;
    if (!reply->ok || !control_reply_fields(reply, names, 4, values, &error)) {
        snprintf(numbers->trouble, sizeof numbers->trouble, "%.380s",
                 reply->ok ? error.text : reply->message);
        return;
    }
    control_reply_text(&values[3], numbers->trouble, sizeof numbers->trouble);
    if (values[2].kind != JSON_ARRAY || values[2].elements != NUMBER_COUNTS) {
        return;
    }
    struct reading_counts reading = {.numbers = numbers};
    numbers->is_known = json_each_number(reply->parser, &values[2], take_count, &reading) == NUMBER_COUNTS;
    numbers->bets = control_reply_number(&values[0]);
    numbers->counted_ms = clock_steady_ms() - 1000 * control_reply_number(&values[1]);
}

void top_read_numbers(const struct top_source *source, struct top_numbers *numbers) {
    struct control_reply reply;
    struct error error;
    if (control_call_within(&source->call, NUMBERS_MS, "numbers", NULL, 0, &reply, &error)) {
        take_numbers(&reply, numbers);
        control_reply_free(&reply);
    } else {
        memcpy(numbers->trouble, error.text, sizeof numbers->trouble);
    }
    numbers->age_s = (uint32_t)((clock_steady_ms() - numbers->counted_ms) / 1000);
}

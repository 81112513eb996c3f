#include "ledger/trial.h"

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "ledger/counters.h"
#include "ledger/limits.h"
#include "ledger/request.h"
#include "ledger/state.h"

#include <inttypes.h>
#include <string.h>

enum {
    ROOM_BYTES_MIN = 64 * 1024,      // what a trial asks for at least
    IN_VAIN_BYTES_MAX = 1024 * 1024, // up to which it asks for more each time that it was wrong
    SHARED_AGAIN_MS = 2000,
};

// What a group's rows take. What the store needs beside them depends on what is there already.
static size_t bytes_of(const struct queue_node *group) {
    size_t bytes = 0;
    for (; group != NULL && bytes < GROUP_BYTES_MAX; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        bytes += request->input.chunk == NULL
                     ? 0
                     : request->input.chunk->rows_length + 2 * (size_t)request->input.chunk->count;
    }
    return bytes;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

// After a trial that was in vain there was room for all that it asked for, and still not for the group.
void trial_note_failed(struct ledger *ledger, const struct queue_node *group) {
    struct trial *trial = &ledger->trial;
    trial->failed_bytes = larger(trial->failed_bytes, bytes_of(group));
    if (trial->passed_bytes > 0) {
        trial->failed_bytes = larger(trial->failed_bytes, smaller(trial->passed_bytes, IN_VAIN_BYTES_MAX));
        trial->passed_bytes = 0;
    }
}

void trial_begin(struct ledger *ledger, const struct error *error) {
    if (!ledger->trial.has_failed) {
        counter_add(&ledger_counters.store_failures, 1);
    }
    ledger->failing = ledger->trial.has_failed = true;
    ledger->failure = error_cause(error);
}

void trial_skip(struct ledger *ledger) {
    ledger->failing = false;
    ledger->failure = NULL;
    (void)log_event_limited(&(struct log_source){0}, LOG_LEVEL_INFO, "store", LOG_SUCCESS,
                            "draw: %s | state: %s | finished: %" PRIu32 " of %" PRIu32 " | bets: %" PRIu64,
                            ledger->draw_name, draw_state_name(ledger->draw.state), ledger->finished,
                            ledger->draw.agencies, ledger->loaded.bets);
}

void trial_passed(struct ledger *ledger) {
    ledger->trial = (struct trial){0};
    if (ledger->failing) {
        trial_skip(ledger);
    }
}

bool trial_is_of_room(const struct ledger *ledger) {
    return ledger->failing && ledger->failure != NULL && strcmp(ledger->failure, CAUSE_DISK_FULL) == 0;
}

bool trial_is_too_soon(const struct ledger *ledger) {
    return ledger->failing && clock_steady_ms() < ledger->trial.next_ms;
}

static bool put_draw_again(struct ledger *ledger, struct error *error) {
    struct stored_draw draw = ledger->draw; // as stored: it was read when the store was opened
    bool done = store_begin(ledger->store, error) && store_put_draw(ledger->store, &draw, error) &&
                store_commit(ledger->store, error);
    return state_end_draw_copy(ledger, &draw, done);
}

bool trial_make(struct ledger *ledger, struct error *error) {
    if (!ledger->failing) {
        return true;
    }
    if (trial_is_too_soon(ledger)) {
        (void)error_set(error, ERROR_STORE_FAILED, "there was no room a moment ago; it is tried again");
        return error_because(error, CAUSE_DISK_FULL);
    }
    ledger->trial.next_ms = ledger->is_shared ? clock_steady_ms() + SHARED_AGAIN_MS : 0;
    size_t bytes = larger(2 * ledger->trial.failed_bytes, ROOM_BYTES_MIN);
    if (!store_try_room(ledger->store, bytes, error) ||
        (!ledger->is_shared && !put_draw_again(ledger, error))) {
        return false;
    }
    ledger->trial.passed_bytes = bytes;
    trial_skip(ledger);
    return true;
}

bool trial_is_asked(const struct queue_node *group) {
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        if (request->input.type == LEDGER_CHUNK && request->input.chunk != NULL &&
            request->input.chunk->count == 0) {
            return true;
        }
    }
    return false;
}

#include "ledger/trial.h"

#include "base/container.h"
#include "base/log.h"
#include "ledger/limits.h"
#include "ledger/request.h"
#include "ledger/state.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROW_BYTES = 16 * 1024 }; // what a group needs besides its chunks

void trial_note_failed(struct ledger *ledger, const struct queue_node *group) {
    size_t bytes = ROW_BYTES;
    for (; group != NULL && bytes < GROUP_BYTES_MAX; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        bytes += request->input.chunk == NULL
                     ? 0
                     : request->input.chunk->rows_length + 2 * (size_t)request->input.chunk->count;
    }
    if (bytes > ledger->failed_bytes) {
        ledger->failed_bytes = bytes;
    }
}

void trial_begin(struct ledger *ledger, const struct error *error) {
    ledger->failing = true;
    snprintf(ledger->failure, sizeof ledger->failure, "%s", error->text);
}

void trial_skip(struct ledger *ledger) {
    ledger->failing = false;
    ledger->failure[0] = '\0';
    ledger->failed_bytes = 0;
    (void)log_event_limited(&(struct log_source){0}, LOG_LEVEL_INFO, "store", LOG_SUCCESS,
                            "draw: %s | state: %s | finished: %" PRIu32 " of %" PRIu32 " | bets: %" PRIu64,
                            ledger->draw_name, draw_state_name(ledger->draw.state), ledger->finished,
                            ledger->draw.agencies, ledger->loaded.bets);
}

void trial_passed(struct ledger *ledger) {
    if (ledger->failing) {
        trial_skip(ledger);
    }
}

bool trial_make(struct ledger *ledger, struct error *error) {
    if (!ledger->failing) {
        return true;
    }
    struct stored_draw draw = ledger->draw; // as stored: it was read when the store was opened
    bool done = store_try_room(ledger->store, ledger->failed_bytes, error) &&
                store_begin(ledger->store, error) && store_put_draw(ledger->store, &draw, error) &&
                store_commit(ledger->store, error);
    if (!state_end_draw_copy(ledger, &draw, done)) {
        return false;
    }
    trial_passed(ledger);
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

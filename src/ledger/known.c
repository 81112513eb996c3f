#include "ledger/known.h"

#include "base/container.h"
#include "ledger/limits.h"
#include "ledger/open_group.h"
#include "ledger/request.h"
#include "ledger/state.h"

#include <assert.h>

enum { CAREFUL_GROUPS = 64 }; // how many groups lock their agencies after another server has changed one

struct numbers {
    uint32_t all[GROUP_CHUNKS_MAX];
    size_t count;
};

void known_be_careful(struct ledger *ledger) {
    ledger->careful = CAREFUL_GROUPS;
}

// Whether the request is about a row of an agency of this draw.
static bool has_row(const struct ledger *ledger, const struct ledger_request *request) {
    return !ledger_request_only_passes(request->input.type) && request->answer.error.code == ERROR_NONE &&
           request->input.agency <= ledger->draw.agencies;
}

static void collect(const struct ledger *ledger, const struct queue_node *requests, struct numbers *numbers) {
    numbers->count = 0;
    for (; requests != NULL; requests = requests->next) {
        const struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        if (has_row(ledger, request) &&
            (ledger->careful > 0 || !ledger->agencies[request->input.agency].is_known)) {
            assert(numbers->count < GROUP_CHUNKS_MAX);
            numbers->all[numbers->count++] = request->input.agency;
        }
    }
}

static bool has_changed(const struct ledger *ledger, const struct stored_agency *stored) {
    const struct agency *agency = &ledger->agencies[stored->agency];
    return agency->is_known && stored->checksum != agency->row.checksum;
}

static bool take_again(void *context, const struct stored_agency *stored, struct error *error) {
    return !has_changed(context, stored) || state_take_agency(context, stored, error);
}

static bool take(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    if (has_changed(ledger, stored)) {
        known_be_careful(ledger);
    } else if (ledger->agencies[stored->agency].is_known) {
        return true;
    }
    return state_take_agency(ledger, stored, error);
}

// Those that have no row are known then, too.
static bool take_rest(struct ledger *ledger, const uint32_t *numbers, size_t count, struct error *error) {
    for (size_t i = 0; i < count && ledger->is_shared; i++) {
        if (!ledger->agencies[numbers[i]].is_known &&
            !state_take_agency(ledger, &(struct stored_agency){.agency = numbers[i]}, error)) {
            return false;
        }
    }
    return true;
}

// When several servers get bets of one agency at the same time, guesses are wrong again and again. So the
// rows are locked first, and nothing read from them is then a guess. In this way each group is stored in the
// end, together with the bets of all other agencies in it.
bool known_read(struct ledger *ledger, const struct queue_node *requests, struct error *error) {
    struct numbers numbers;
    bool locks = ledger->careful > 0;
    if (!ledger->is_shared && !locks) {
        return true;
    }
    collect(ledger, requests, &numbers);
    ledger->careful -= locks;
    return (numbers.count == 0 && !locks) ||
           (open_group_begin(ledger, error) &&
            store_some_agencies(ledger->store, numbers.all, numbers.count, locks, take, ledger, error) &&
            take_rest(ledger, numbers.all, numbers.count, error));
}

bool known_lock(struct ledger *ledger, const uint32_t *numbers, size_t count, struct error *error) {
    if (!ledger->is_shared) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        state_doubt_agency(ledger, numbers[i]);
    }
    return open_group_begin(ledger, error) &&
           store_some_agencies(ledger->store, numbers, count, true, state_take_agency, ledger, error) &&
           take_rest(ledger, numbers, count, error);
}

bool known_refresh(struct ledger *ledger, uint32_t number, struct error *error) {
    if (!ledger->is_shared || ledger->agencies[number].touched) {
        return true;
    }
    return open_group_begin(ledger, error) &&
           store_some_agencies(ledger->store, &number, 1, false, take_again, ledger, error);
}

void known_doubt(struct ledger *ledger, const struct queue_node *requests) {
    state_untouch_all(ledger);
    for (; requests != NULL; requests = requests->next) {
        const struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        if (!ledger_request_only_passes(request->input.type) &&
            state_has_place(ledger, request->input.agency)) {
            state_doubt_agency(ledger, request->input.agency);
        }
    }
}

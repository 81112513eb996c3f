#include "ledger/order_group.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "ledger/access.h"
#include "ledger/cutoff_time.h"
#include "ledger/in_hand.h"
#include "ledger/load.h"
#include "ledger/open_group.h"
#include "ledger/row_cache.h"
#include "ledger/sealing_show.h"
#include "ledger/state.h"
#include "ledger/trial.h"
#include "ledger/unknown.h"

#include <inttypes.h>
#include <poll.h>

enum {
    ATTEMPTS_MAX = 7,        // while other servers are quicker or the store is away
    PAUSE_MS = 5,            // doubled before each
    REOPENING_MS_MAX = 2000, // of an order, as all others wait meanwhile
};

bool order_group_check_draw(struct ledger *ledger, struct error *error) {
    bool changed = false;
    return !ledger->is_shared ||
           (load_has_changed(ledger, &changed, error) &&
            (!changed || error_set(error, ERROR_STORE_STALE, "another server has changed the draw")));
}

// No order comes before a cut-off that has passed, however late it is seen. Behind that close the store may
// be lost again, as what is said of it is read.
static bool reach(struct ledger *ledger, const struct ledger_order *order, struct error *error) {
    return access_ensure(ledger, error) &&
           (order->before == NULL || (order->before(ledger, error) && access_ensure(ledger, error)));
}

static bool store_once(struct ledger *ledger, struct ledger_order *order, order_change change,
                       struct error *error) {
    in_hand_begin(ledger);
    error_clear(&order->answer.error);
    order->answer.already = false;
    if (!reach(ledger, order, error) || !order_group_check_draw(ledger, error) ||
        !change(ledger, order, error)) {
        return false;
    }
    if (open_group_is_due(ledger)) {
        bool changes = ledger->open_group.is_due; // else the draw is only locked, and nothing stored
        if (!open_group_commit(ledger, error)) {
            if (changes) {
                unknown_note_order(ledger, order, error);
            }
            return false;
        }
        if (changes && !(order->proves_no_room && trial_is_of_room(ledger))) {
            trial_passed(ledger);
        }
    }
    return true;
}

// Reads all of it again: what the group has changed in memory does not count.
static bool begin_anew(struct ledger *ledger, uint64_t began, struct error *error) {
    row_cache_clear(ledger->cache);
    if (ledger->store == NULL) { // it could not be opened, or its new connection was lost at once
        return error->code == ERROR_STORE_AWAY && clock_steady_ms() - began < REOPENING_MS_MAX;
    }
    if (error->code != ERROR_STORE_AWAY && error->code != ERROR_STORE_STALE) {
        return false;
    }
    if (error->code == ERROR_STORE_AWAY || !load_all(ledger, error)) {
        access_lose(ledger);
    }
    return true;
}

// Gives another server, which was quicker, time to finish what it is at.
static void pause_for(int attempt) {
    (void)poll(NULL, 0, PAUSE_MS << attempt);
}

// Whether anything is stored, nobody knows; but nothing is in a draw that was erased.
static bool answer_failure(const struct error *reason, struct error *error) {
    bool is_said = reason->code == ERROR_NO_MEMORY || reason->code == ERROR_DRAW_ERASED;
    return error_set(error, is_said ? reason->code : ERROR_STORE_FAILED, "%s", reason->text);
}

// When other servers are quicker all the time, the store is not at fault.
bool order_group_store(struct ledger *ledger, struct ledger_order *order, order_change change,
                       struct error *error) {
    uint64_t began = clock_steady_ms();
    for (int attempt = 1; !store_once(ledger, order, change, error); attempt++) {
        struct error reason = *error;
        bool goes_on = begin_anew(ledger, began, error);
        if (!goes_on) {
            access_give_up(ledger, &reason);
        }
        if (!goes_on || attempt == ATTEMPTS_MAX) {
            return answer_failure(&reason, error);
        }
        pause_for(attempt);
    }
    return true;
}

void order_group_read_papers(struct ledger *ledger) {
    struct error error;
    if (!sealing_load(ledger, &error)) {
        access_give_up(ledger, &error);
    }
}

const char *order_group_seal_text(const struct ledger *ledger) {
    return ledger->draw.has_number ? "the draw is sealed, and made at once with the number that it has"
                                   : "the draw is sealed";
}

// Others may have held it for as long as they liked: what was looked at before counts for nothing.
bool order_group_lock_draw(struct ledger *ledger, struct error *error) {
    return !ledger->is_shared || (open_group_begin(ledger, error) && store_lock_draw(ledger->store, error) &&
                                  order_group_check_draw(ledger, error) && cutoff_is_before(ledger, error));
}

bool order_group_has_agency(const struct ledger *ledger, struct ledger_order *order) {
    uint32_t number = order->input.agency, agencies = ledger->draw.agencies;
    return (number >= 1 && number <= agencies) ||
           error_set(&order->answer.error, ERROR_UNKNOWN_AGENCY,
                     "agency: %" PRIu32 " is not from 1 to %" PRIu32, number, agencies);
}

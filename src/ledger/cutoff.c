#include "ledger/cutoff.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/moment.h"
#include "ledger/access.h"
#include "ledger/closing.h"
#include "ledger/cutoff_time.h"
#include "ledger/state.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { SECOND_MS = 1000 };

static void look(struct ledger *ledger, char now[STORE_TIME_BYTES]) {
    int64_t wall = (int64_t)clock_epoch_ms(), steady = (int64_t)clock_boot_ms();
    int64_t step, ms = cutoff_clock_now(&ledger->cutoff_clock, wall, steady, &step);
    if (step != 0) {
        log_event(LOG_LEVEL_WARNING, "clock_step", LOG_IN_PROGRESS,
                  "ms: %" PRId64
                  " | message: the clock was set: the cut-off at %s is kept by the time before, "
                  "for 10 s more",
                  step, ledger->draw.closes_at);
    }
    moment_write((time_t)(ms / SECOND_MS), now);
}

// This server's clocks are looked at also while the store fails: a step counts from when it was seen. What
// is in memory may be a change that could not be stored, so it counts only once the store is there.
static bool is_due(struct ledger *ledger, bool *due, struct error *error) {
    char now[STORE_TIME_BYTES] = "";
    *due = false;
    if (!ledger->is_shared) {
        look(ledger, now);
    }
    if (!access_ensure(ledger, error) || (ledger->is_shared && !store_now(ledger->store, now, error))) {
        return false;
    }
    *due = cutoff_is_ahead(ledger) && now[0] != '\0' && strcmp(now, ledger->draw.closes_at) >= 0;
    return true;
}

bool cutoff_keep(struct ledger *ledger, struct error *error) {
    struct ledger_order order = {.kind = ORDER_CLOSE, .input.is_sure = true};
    bool due;
    if (!cutoff_is_ahead(ledger)) {
        if (ledger->store != NULL) { // nobody looks at the clocks now, so a step would be seen late
            ledger->cutoff_clock = (struct cutoff_clock){0};
        }
        return true;
    }
    if (!is_due(ledger, &due, error)) {
        return false;
    }
    if (!due) {
        return true;
    }
    bool closed = closing_carry_out(ledger, &order, error);
    if (closed && !order.answer.already) { // else another server was quicker
        log_event(LOG_LEVEL_INFO, "cutoff", LOG_SUCCESS, "draw: %s | closes_at: %s", ledger->draw_name,
                  ledger->draw.closes_at);
    }
    order_free_answer(&order);
    return closed;
}

void cutoff_keep_meanwhile(struct ledger *ledger) {
    struct error error;
    if (!ledger->is_shared && !cutoff_keep(ledger, &error)) {
        access_give_up(ledger, &error);
    }
}

#include "ledger/cutoff.h"

#include "base/log.h"
#include "base/moment.h"
#include "ledger/access.h"
#include "ledger/closing.h"
#include "ledger/in_hand.h"
#include "ledger/state.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { SECOND_MS = 1000 };

static int64_t clock_ms(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / (1000 * 1000);
}

// A suspended machine's time passes, too: the boot clock counts on then.
static bool ask_own(struct ledger *ledger, char now[STORE_TIME_BYTES]) {
    int64_t step, ms = cutoff_clock_now(&ledger->cutoff_clock, clock_ms(CLOCK_REALTIME),
                                        clock_ms(CLOCK_BOOTTIME), &step);
    if (step != 0) {
        log_event(LOG_LEVEL_WARNING, "clock_step", LOG_IN_PROGRESS,
                  "ms: %" PRId64
                  " | message: the clock was set: the cut-off at %s is kept by the time before, "
                  "for 10 s more",
                  step, ledger->draw.closes_at);
    }
    moment_write((time_t)(ms / SECOND_MS), now);
    return true;
}

static bool is_due(struct ledger *ledger, bool *due, struct error *error) {
    char now[STORE_TIME_BYTES] = "";
    *due = false;
    if (!(ledger->is_shared ? store_now(ledger->store, now, error) : ask_own(ledger, now))) {
        return false;
    }
    *due = now[0] != '\0' && strcmp(now, ledger->draw.closes_at) >= 0;
    return true;
}

bool cutoff_is_ahead(const struct ledger *ledger) {
    return ledger->draw.state == DRAW_OPEN && ledger->draw.closes_at[0] != '\0';
}

bool cutoff_keep(struct ledger *ledger, struct error *error) {
    struct ledger_order order = {.kind = ORDER_CLOSE, .input.is_sure = true};
    bool due;
    if (!cutoff_is_ahead(ledger)) {
        return true;
    }
    if (!access_ensure(ledger, error) || !is_due(ledger, &due, error)) {
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
    in_hand_begin(ledger); // what it has sealed is told
    order_free_answer(&order);
    return closed;
}

void cutoff_keep_before_group(struct ledger *ledger) {
    struct error error;
    if (!ledger->is_shared && !cutoff_keep(ledger, &error)) {
        access_give_up(ledger, &error);
    }
}

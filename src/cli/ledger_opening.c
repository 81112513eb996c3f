#include "cli/ledger_opening.h"

#include "base/log.h"
#include "bet/errors.h"
#include "store/store.h"

#include <poll.h>

enum { RETRY_MS_MIN = 250, RETRY_MS_MAX = 5000 };

bool ledger_opening(const struct ledger_options *options, struct main_loop *loop, struct ledger **ledger,
                    struct error *error) {
    store_interrupt_on(loop->signals_descriptor);
    for (int wait_ms = RETRY_MS_MIN; !ledger_open(options, ledger, error);) {
        if (error->code != ERROR_STORE_AWAY && error->code != ERROR_STORE_STALE) {
            return false;
        }
        log_event(LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s | retry_ms: %d",
                  error_name(error->code), error->text, wait_ms);
        struct pollfd signals = {loop->signals_descriptor, POLLIN, 0};
        if (poll(&signals, 1, wait_ms) > 0) {
            (void)main_loop_take_signal(loop);
        }
        if (loop->stopping) {
            return false;
        }
        wait_ms = 2 * wait_ms < RETRY_MS_MAX ? 2 * wait_ms : RETRY_MS_MAX;
    }
    store_interrupt_on(loop->interrupt);
    return true;
}

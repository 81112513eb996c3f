#include "ledger/access.h"

#include "base/log.h"
#include "bet/errors.h"
#include "ledger/load.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/trial.h"

bool access_open(struct ledger *ledger, struct error *error) {
    if (!ledger->options.open_store(ledger->options.context, &ledger->store, error)) {
        return false;
    }
    if (!load_all(ledger, error)) {
        store_give_up(&ledger->store);
        return false;
    }
    return true;
}

// A draw that was erased stays so: the store is not opened again.
void access_give_up(struct ledger *ledger, const struct error *error) {
    if (ledger->erased.code == ERROR_DRAW_ERASED) {
        return;
    }
    struct log_source source = {.error = error_name(error->code)}; // limited: any chunk can cause it
    (void)log_event_limited(&source, LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s",
                            source.error, error->text);
    if (error->code == ERROR_DRAW_ERASED) {
        ledger->erased = *error;
        signing_forget(ledger);
    } else {
        trial_begin(ledger, error);
    }
    if (ledger->store != NULL) {
        store_give_up(&ledger->store);
    }
}

void access_lose(struct ledger *ledger) {
    store_give_up(&ledger->store);
}

bool access_ensure(struct ledger *ledger, struct error *error) {
    if (ledger->erased.code == ERROR_DRAW_ERASED) {
        *error = ledger->erased;
        return false;
    }
    if (ledger->store != NULL) {
        return true;
    }
    if (!access_open(ledger, error)) {
        return false;
    }
    if (ledger->is_shared && !trial_is_of_room(ledger)) { // a database that answers counts as working
        trial_skip(ledger);
    }
    return true;
}

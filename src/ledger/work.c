#include "ledger/work.h"

#include "base/log.h"
#include "bet/errors.h"
#include "ledger/access.h"
#include "ledger/cutoff.h"
#include "ledger/draw.h"
#include "ledger/load.h"
#include "ledger/notes.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/trial.h"
#include "ledger/unknown.h"

// Stores `drawn`, the draw with its number, and its winners.
static bool store_drawn(struct ledger *ledger, struct stored_draw drawn, uint64_t *bets,
                        struct error *error) {
    struct winners *winners;
    state_move_draw(&drawn, DRAW_DRAWN);
    if (!store_begin_draw(ledger->store, error) || !draw_make(ledger->store, &drawn, &winners, bets, error)) {
        return false;
    }
    bool done = store_put_draw(ledger->store, &drawn, error) && store_commit(ledger->store, error);
    unknown_end_draw(ledger, &drawn, *bets, done, error);
    if (!done) {
        winners_free(winners);
        return false;
    }
    ledger->draw = drawn;
    ledger->winners = winners;
    return true;
}

static bool make(struct ledger *ledger, const struct stored_draw *draw, struct error *error) {
    uint64_t bets;
    if (!store_drawn(ledger, *draw, &bets, error)) {
        return false;
    }
    notes_tell_seal(ledger); // of an earlier commit of which nobody knew: it comes first
    notes_tell_made(ledger, bets);
    notes_tell_drawn(ledger);
    return true;
}

bool work_draw(struct ledger *ledger, uint16_t number, struct error *error) {
    struct stored_draw draw = ledger->draw;
    draw.has_number = true;
    draw.winning_number = number;
    return make(ledger, &draw, error);
}

static bool awaits_draw(const struct ledger *ledger) {
    return ledger->draw.state == DRAW_SEALED && ledger->draw.has_number;
}

bool work_is_due(const struct ledger *ledger) {
    return ledger->erased.code != ERROR_DRAW_ERASED &&
           (awaits_draw(ledger) || ledger->failing || signing_is_behind(ledger) ||
            (ledger->draw.state == DRAW_DRAWN && ledger->store == NULL && !ledger->all_told));
}

void work_do(struct ledger *ledger) {
    struct error error;
    if (!access_ensure(ledger, &error) || !trial_make(ledger, &error)) {
        access_give_up(ledger, &error);
        return;
    }
    (void)signing_settle(ledger, &error);
    notes_tell_seal(ledger);
    notes_tell_if_all_told(ledger);
    if (!awaits_draw(ledger) || make(ledger, &ledger->draw, &error)) {
        return;
    }
    if (error.code != ERROR_STORE_STALE) { // else another server makes it; work_look sees it
        log_event(LOG_LEVEL_ERROR, "sorteo", LOG_FAIL, "error: %s | message: %s", error_name(error.code),
                  error.text);
        access_give_up(ledger, &error);
    }
}

void work_look(struct ledger *ledger) {
    struct error error;
    bool wants_told = ledger->options.all_told != NULL && !ledger->all_told;
    bool changed = wants_told;
    if (ledger->erased.code == ERROR_DRAW_ERASED || (ledger->draw.state == DRAW_DRAWN && !wants_told)) {
        return; // nothing changes from here on
    }
    if (!access_ensure(ledger, &error) ||
        (ledger->draw.state != DRAW_DRAWN && !load_has_changed(ledger, &changed, &error)) ||
        (changed && !load_all(ledger, &error)) || !cutoff_keep(ledger, &error)) {
        access_give_up(ledger, &error);
        return;
    }
    notes_tell_seal(ledger);
    notes_tell_if_all_told(ledger);
}

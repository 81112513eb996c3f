#include "ledger/work.h"

#include "base/log.h"
#include "bet/errors.h"
#include "ledger/access.h"
#include "ledger/cutoff.h"
#include "ledger/draw.h"
#include "ledger/fork.h"
#include "ledger/load.h"
#include "ledger/notes.h"
#include "ledger/order.h"
#include "ledger/order_group.h"
#include "ledger/sealed_result.h"
#include "ledger/sealing.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/trial.h"
#include "ledger/unknown.h"

// Stores `drawn`, the draw with its number, and its winners.
static bool store_drawn(struct ledger *ledger, struct stored_draw *drawn, uint64_t *bets,
                        struct error *error) {
    struct winners *winners;
    if (!store_begin_draw(ledger->store, error) || !draw_make(ledger->store, drawn, &winners, bets, error)) {
        return false;
    }
    bool done = sealed_result_put(ledger, drawn, winners_count(winners), error) &&
                store_put_draw(ledger->store, drawn, error) && store_commit(ledger->store, error);
    unknown_end_draw(ledger, drawn, *bets, done, error);
    if (!done) {
        winners_free(winners);
        return false;
    }
    ledger->winners = winners;
    return true;
}

static bool draw_with(struct ledger *ledger, uint16_t number, uint64_t *bets, struct error *error) {
    struct stored_draw drawn = ledger->draw;
    drawn.has_number = true;
    drawn.winning_number = number;
    state_move_draw(&drawn, DRAW_DRAWN);
    bool done = store_drawn(ledger, &drawn, bets, error);
    return state_end_draw_copy(ledger, &drawn, done);
}

// The result is shown before any agency hears of the winners (notes.h). When it cannot be, what is stored
// stays so, and both happen later (sealing.h).
bool work_draw(struct ledger *ledger, uint16_t number, struct error *error) {
    uint64_t bets = 0;
    if (!sealing_lets_draw(ledger, error) || !sealed_result_may_be(ledger, number, error) ||
        !draw_with(ledger, number, &bets, error)) {
        return false;
    }
    trial_passed(ledger);
    notes_tell_seal(ledger); // of an earlier commit of which nobody knew: it comes first
    notes_tell_made(ledger, bets);
    order_group_read_papers(ledger);
    notes_tell_drawn(ledger);
    return true;
}

static bool awaits_draw(const struct ledger *ledger) {
    struct error ignored;
    return ledger->draw.state == DRAW_SEALED && ledger->draw.has_number &&
           sealing_lets_draw(ledger, &ignored);
}

bool work_is_due(const struct ledger *ledger) {
    return ledger->erased.code != ERROR_DRAW_ERASED &&
           (awaits_draw(ledger) || sealing_is_due(ledger) || ledger->failing || signing_is_behind(ledger) ||
            (ledger->draw.state == DRAW_DRAWN && ledger->store == NULL && !ledger->all_told));
}

bool work_is_urgent(const struct ledger *ledger) {
    return ledger->sealing.other != NULL && work_is_due(ledger);
}

bool work_is_ahead(const struct ledger *ledger) {
    return ledger->erased.code != ERROR_DRAW_ERASED && sealing_is_ahead(ledger);
}

// A file that is in the way stays there until somebody has looked at it, which is no failure of the store;
// another seal is recorded.
static bool folder_lets_draw(struct ledger *ledger) {
    struct error error;
    if (sealing_look_in_folder(ledger, &error) &&
        sealed_result_may_be(ledger, ledger->draw.winning_number, &error)) {
        return true;
    }
    struct log_source source = {.error = error_name(error.code)};
    (void)log_event_limited(&source, LOG_LEVEL_ERROR, "sorteo", LOG_FAIL, "error: %s | message: %s",
                            source.error, error.text);
    (void)!fork_record_found(ledger, &error); // else the next work does
    return false;
}

static void give_up_unless_stale(struct ledger *ledger, const struct error *error) {
    if (error->code != ERROR_STORE_STALE) {
        access_give_up(ledger, error);
    }
}

void work_do(struct ledger *ledger) {
    struct error error;
    if (ledger->is_shared && ledger->failing) { // another seal: until it is recorded other servers may draw
        sealing_record_other(ledger);
    }
    if (trial_is_too_soon(ledger)) {
        return;
    }
    if (!access_ensure(ledger, &error) || !trial_make(ledger, &error)) {
        access_give_up(ledger, &error);
        return;
    }
    (void)signing_settle(ledger, &error);
    notes_tell_seal(ledger);
    notes_tell_if_all_told(ledger);
    if (sealing_is_due(ledger) && !sealing_go_on(ledger, &error)) {
        give_up_unless_stale(ledger, &error);
        return;
    }
    if (!awaits_draw(ledger) || !folder_lets_draw(ledger) ||
        work_draw(ledger, ledger->draw.winning_number, &error)) {
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
    bool changed = wants_told, is_drawn = ledger->draw.state == DRAW_DRAWN;
    if (ledger->erased.code == ERROR_DRAW_ERASED || (is_drawn && !wants_told && !signing_is_on(ledger))) {
        return; // nothing changes from here on
    }
    if (!access_ensure(ledger, &error) || (!is_drawn && !load_has_changed(ledger, &changed, &error)) ||
        (changed && !load_all(ledger, &error)) || !sealing_look(ledger, &error) ||
        !cutoff_keep(ledger, &error)) {
        access_give_up(ledger, &error);
        return;
    }
    notes_tell_seal(ledger);
    sealing_tell(ledger);
    notes_tell_if_all_told(ledger);
}

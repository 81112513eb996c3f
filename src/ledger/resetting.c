#include "ledger/resetting.h"

#include "base/log.h"
#include "ledger/known.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/state.h"
#include "ledger/survey.h"

#include <inttypes.h>

// In the order in which a group changes rows (open_group.h); the draw is locked before, so that it is not
// sealed meanwhile. How many bets are set aside is what the store has moved.
static bool void_agency(struct ledger *ledger, uint32_t number, uint64_t *voided, struct error *error) {
    const struct stored_agency *row = &ledger->agencies[number].row;
    if (!open_group_begin(ledger, error) ||
        !store_void_agency(ledger->store, number, row->voidings + 1, voided, error)) {
        return false;
    }
    state_reset(ledger, number);
    if (!open_group_put_agencies(ledger, error)) {
        return false;
    }
    struct stored_draw draw = ledger->draw;
    draw.voided += *voided;
    bool done = store_put_draw(ledger->store, &draw, error);
    return state_end_draw_copy(ledger, &draw, done) && open_group_change(ledger, error);
}

// Also when the right file has come meanwhile: that is not set aside.
static bool is_own(const struct stored_agency *row, const struct order_unknown *unknown) {
    return unknown->is_set && row->voidings > unknown->agency.voidings;
}

static bool reset_agency(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    uint32_t number = order->input.agency;
    struct order_answer *answer = &order->answer;
    if (!order_group_has_agency(ledger, order)) {
        return true;
    }
    if (!known_lock(ledger, &number, 1, error) || !order_group_lock_draw(ledger, error)) {
        return false;
    }
    const struct agency *agency = &ledger->agencies[number];
    if (is_own(&agency->row, &order->unknown)) {
        answer->agency = order->unknown.agency;
        answer->voided = order->unknown.voided;
        return true;
    }
    answer->agency = agency->row;
    answer->agency.agency = number;
    answer->voided = agency->row.bets;
    if (ledger->draw.state != DRAW_OPEN) {
        error_set(&answer->error, ERROR_NOT_OPEN, "draw \"%s\" is %s: what is in it stays", ledger->draw_name,
                  draw_state_name(ledger->draw.state));
        return true;
    }
    if (agency->row.bets == 0 && !agency_has_finished(agency)) {
        answer->already = true;
        return true;
    }
    if (agency->row.receipted) {
        error_set(&answer->error, ERROR_RECEIPTED,
                  "agency %" PRIu32
                  " has signed receipts of its bets: a seal without them would be shown to be "
                  "false, so they stay",
                  number);
        return true;
    }
    if (!order->input.is_sure) {
        error_set(&answer->error, ERROR_NEEDS_YES,
                  "it cannot be undone: the %" PRIu64 " bets of agency %" PRIu32
                  " leave the draw, and it has to send all of its bets anew",
                  agency->row.bets, number);
        return true;
    }
    return void_agency(ledger, number, &answer->voided, error);
}

bool resetting_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    const struct order_answer *answer = &order->answer;
    if (!order_group_store(ledger, order, reset_agency, error)) {
        return false;
    }
    survey_status(ledger, SURVEY_UNFINISHED, &order->answer.status);
    if (answer->error.code == ERROR_NONE && !answer->already) {
        uint32_t number = answer->agency.agency, voiding = answer->agency.voidings + 1;
        log_event(LOG_LEVEL_WARNING, "agency_reset", LOG_SUCCESS,
                  "agencia: %" PRIu32 " | bets: %" PRIu64 " | voiding: %" PRIu32, number, answer->voided,
                  voiding);
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_RESET,
                                                 .agency = number,
                                                 .bets = answer->voided,
                                                 .voiding = voiding});
    }
    return true;
}

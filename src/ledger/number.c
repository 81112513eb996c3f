#include "ledger/number.h"

#include "ledger/draw.h"
#include "ledger/order_group.h"
#include "ledger/state.h"
#include "ledger/survey.h"
#include "ledger/winners.h"
#include "ledger/work.h"

#include <inttypes.h>
#include <string.h>

// Of a shared store other servers know of further ends.
static bool refuse_open(struct ledger *ledger, struct error *refusal, struct error *error) {
    struct stored_totals totals = {.finished = ledger->finished};
    if (ledger->is_shared && !store_total_agencies(ledger->store, &totals, error)) {
        return false;
    }
    error_set(refusal, ERROR_NOT_SEALED,
              "draw \"%s\" is open: %" PRIu32 " of %" PRIu32
              " agencies have finished; the number comes after the last one, or after a close",
              ledger->draw_name, totals.finished, ledger->draw.agencies);
    return true;
}

// Whether a number may be given now to a draw that is not open; otherwise the answer says why not.
static bool may_draw(const struct ledger *ledger, struct ledger_order *order) {
    const struct stored_draw *draw = &ledger->draw;
    struct error *refusal = &order->answer.error;
    if (draw->number_mode != NUMBER_MANUAL) {
        return error_set(
            refusal, ERROR_NUMBER_FIXED,
            "the winning number of draw \"%s\" was fixed at its opening, as NUMBER was not manual",
            ledger->draw_name);
    }
    if (draw->has_number && draw->winning_number != order->input.number) {
        return error_set(refusal, ERROR_NUMBER_STORED,
                         "draw \"%s\" was made with the number %04u, and that stays: %04u is refused",
                         ledger->draw_name, draw->winning_number, order->input.number);
    }
    return true;
}

static bool count(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    uint64_t bets;
    return draw_count(ledger->store, order->input.number, &order->answer.winners, &bets, error);
}

static bool is_own(const struct ledger *ledger, const struct order_unknown *unknown) {
    return unknown->is_set && strcmp(ledger->draw.drawn_at, unknown->draw.drawn_at) == 0;
}

static bool make(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    if (ledger->draw.number_mode == NUMBER_MANUAL && ledger->draw.state == DRAW_OPEN) {
        return refuse_open(ledger, &order->answer.error, error);
    }
    if (!may_draw(ledger, order)) {
        return true;
    }
    if (order->input.is_dry_run) {
        return count(ledger, order, error);
    }
    if (ledger->draw.has_number) {
        order->answer.already = !is_own(ledger, &order->unknown);
        order->answer.winners = ledger->winners == NULL ? 0 : winners_count(ledger->winners);
        return true;
    }
    if (!order->input.is_sure) {
        error_set(&order->answer.error, ERROR_NEEDS_YES,
                  "it cannot be undone: %04u is the winning number of draw \"%s\" for ever",
                  order->input.number, ledger->draw_name);
        return true;
    }
    if (!work_draw(ledger, order->input.number, error)) {
        order->unknown.is_set = ledger->unknown.drawn_at[0] != '\0'; // unknown.h keeps the rest
        memcpy(order->unknown.draw.drawn_at, ledger->unknown.drawn_at, sizeof ledger->unknown.drawn_at);
        return false;
    }
    order->answer.winners = winners_count(ledger->winners);
    return true;
}

bool number_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    if (!order_group_store(ledger, order, make, error)) {
        return false;
    }
    survey_status(ledger, SURVEY_CUT, &order->answer.status);
    return true;
}

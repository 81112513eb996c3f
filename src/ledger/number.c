#include "ledger/number.h"

#include "bet/errors.h"
#include "ledger/draw.h"
#include "ledger/fork.h"
#include "ledger/number_proof.h"
#include "ledger/order_group.h"
#include "ledger/sealed_again.h"
#include "ledger/sealed_result.h"
#include "ledger/sealing.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/survey.h"
#include "ledger/winners.h"
#include "ledger/work.h"
#include "seal/errors.h"

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
    if (draw->number_mode == NUMBER_FIXED) {
        return error_set(
            refusal, ERROR_NUMBER_FIXED,
            "the winning number of draw \"%s\" was fixed at its opening, as NUMBER was not manual",
            ledger->draw_name);
    }
    if (draw->number_mode == NUMBER_BEACON && !order->input.without_number && !order->input.is_unproved) {
        return error_set(
            refusal, ERROR_NUMBER_FIXED,
            "the winning number of draw \"%s\" follows from its seal and the beacon's pulse, and "
            "nobody gives it: quiniela draw --pulse FILE",
            ledger->draw_name);
    }
    if (draw->number_mode == NUMBER_MANUAL && order->input.without_number) {
        return error_set(refusal, ERROR_NO_NUMBER, "draw \"%s\" needs the number that was turned",
                         ledger->draw_name);
    }
    return sealing_lets_draw(ledger, refusal);
}

// Of a signed draw: as its rules ask. The answer says why not. Who only asks what would happen may have what
// proves the number, and not have given it.
static bool prove_number(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct order_answer *answer = &order->answer;
    bool needs_all = !order->input.is_dry_run && !ledger->draw.has_number;
    struct draw_papers papers;
    struct error reason;
    answer->number = order->input.number;
    if (!signing_is_on(ledger) || order->input.is_unproved) {
        return true;
    }
    bool done = draw_papers_read(ledger->store, &papers, error);
    bool is_proved =
        done && (ledger->draw.number_mode == NUMBER_BEACON
                     ? number_proof_of_pulse(ledger, &papers, needs_all, &answer->number, &reason)
                     : !needs_all || number_proof_approved(ledger, &papers, answer->number, &reason));
    draw_papers_free(&papers);
    if (done && !is_proved) {
        answer->error = reason;
    }
    return done;
}

static bool is_stored_number(const struct ledger *ledger, struct ledger_order *order) {
    const struct stored_draw *draw = &ledger->draw;
    uint16_t number = order->answer.number;
    return !draw->has_number || draw->winning_number == number ||
           error_set(&order->answer.error, ERROR_NUMBER_STORED,
                     "draw \"%s\" was made with the number %04u, and that stays: %04u is refused",
                     ledger->draw_name, draw->winning_number, number);
}

// Of a signed draw: the bets are those that were sealed, and no other result and no other seal is known.
static bool is_as_sealed(struct ledger *ledger, struct ledger_order *order) {
    struct error reason;
    if (!signing_is_on(ledger) ||
        (sealed_result_may_be(ledger, order->answer.number, &reason) && sealed_again(ledger, &reason) &&
         sealing_look_in_folder(ledger, &reason))) {
        return true;
    }
    if (reason.code == ERROR_SEAL_STOPPED) {
        error_set(&reason, ERROR_SHUTTING_DOWN, "the central is shutting down");
    }
    order->answer.error = reason;
    return false;
}

static bool count(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    uint64_t bets;
    return draw_count(ledger->store, order->answer.number, &order->answer.winners, &bets, error);
}

static bool is_own(const struct ledger *ledger, const struct order_unknown *unknown) {
    return unknown->is_set && strcmp(ledger->draw.drawn_at, unknown->draw.drawn_at) == 0;
}

static bool make(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    if (ledger->draw.number_mode != NUMBER_FIXED && ledger->draw.state == DRAW_OPEN) {
        return refuse_open(ledger, &order->answer.error, error);
    }
    if (!may_draw(ledger, order)) {
        return true;
    }
    if (!prove_number(ledger, order, error)) {
        return false;
    }
    if (order->answer.error.code != ERROR_NONE || !is_stored_number(ledger, order)) {
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
                  order->answer.number, ledger->draw_name);
        return true;
    }
    if (!is_as_sealed(ledger, order)) {
        return true;
    }
    if (!work_draw(ledger, order->answer.number, error)) {
        order->unknown.is_set = ledger->unknown.drawn_at[0] != '\0'; // unknown.h keeps the rest
        memcpy(order->unknown.draw.drawn_at, ledger->unknown.drawn_at, sizeof ledger->unknown.drawn_at);
        return false;
    }
    order->answer.winners = winners_count(ledger->winners);
    return true;
}

// Another seal that was found is stored before the answer says so; when it cannot be, the next work tries
// again.
bool number_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct error ignored;
    bool done = order_group_store(ledger, order, make, error);
    (void)!fork_record_found(ledger, &ignored);
    if (!done) {
        return false;
    }
    survey_status(ledger, SURVEY_CUT, &order->answer.status);
    return true;
}

#include "ledger/ending.h"

#include "base/log.h"
#include "ledger/known.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/state.h"
#include "ledger/survey.h"

#include <inttypes.h>
#include <string.h>

// Says what would be. Of a shared store other servers know of further ends.
static bool say_what_would_be(struct ledger *ledger, const struct stored_agency *row, struct error *refusal,
                              struct error *error) {
    struct stored_totals totals = {.finished = ledger->finished};
    if (ledger->is_shared && !store_total_agencies(ledger->store, &totals, error)) {
        return false;
    }
    bool is_last = totals.finished + 1 == ledger->draw.agencies;
    error_set(refusal, ERROR_NEEDS_YES,
              "it cannot be undone: agency %" PRIu32 " ends with the %" PRIu64 " bets that are stored%s%s",
              row->agency, row->bets, is_last ? ", and as it is the last one, " : "",
              is_last ? order_group_seal_text(ledger) : "");
    return true;
}

static bool is_own(const struct stored_agency *row, const struct order_unknown *unknown) {
    return unknown->is_set && row->ending == AGENCY_ENDED &&
           strcmp(row->finished_at, unknown->agency.finished_at) == 0;
}

static bool end_agency(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    uint32_t number = order->input.agency;
    if (!order_group_has_agency(ledger, order)) {
        return true;
    }
    if (!known_lock(ledger, &number, 1, error)) {
        return false;
    }
    struct agency *agency = &ledger->agencies[number];
    if (agency_has_finished(agency)) {
        order->answer.already = !is_own(&agency->row, &order->unknown);
    } else if (order->input.is_sure) {
        if (!order_group_lock_draw(ledger, error)) {
            return false;
        }
        state_finish(ledger, number, AGENCY_ENDED);
        open_group_note_end(ledger);
        order->answer.agency = agency->row;
        return open_group_change(ledger, error);
    }
    order->answer.agency = agency->row;
    order->answer.agency.agency = number;
    return agency_has_finished(agency) ||
           say_what_would_be(ledger, &order->answer.agency, &order->answer.error, error);
}

bool ending_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    const struct order_answer *answer = &order->answer;
    if (!order_group_store(ledger, order, end_agency, error)) {
        return false;
    }
    survey_status(ledger, SURVEY_UNFINISHED, &order->answer.status);
    if (answer->error.code == ERROR_NONE && !answer->already) {
        log_event(LOG_LEVEL_WARNING, "agency_ended", LOG_SUCCESS, "agencia: %" PRIu32 " | bets: %" PRIu64,
                  answer->agency.agency, answer->agency.bets);
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                 .agency = answer->agency.agency,
                                                 .ending = AGENCY_ENDED,
                                                 .bets = answer->agency.bets});
        notes_tell_seal(ledger);
    }
    return true;
}

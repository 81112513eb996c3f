#include "ledger/ending.h"

#include "base/log.h"
#include "ledger/known.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/state.h"
#include "ledger/survey.h"

#include <inttypes.h>

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
        order->answer.already = true;
    } else if (order->input.is_sure) {
        state_finish(ledger, number, AGENCY_ENDED);
        open_group_note_end(ledger);
        order->answer.agency = agency->row;
        return open_group_change(ledger, error);
    } else {
        error_set(&order->answer.error, ERROR_NEEDS_YES,
                  "it cannot be undone: agency %" PRIu32 " ends with the %" PRIu64 " bets that are stored",
                  number, agency->row.bets);
    }
    order->answer.agency = agency->row;
    order->answer.agency.agency = number;
    return true;
}

bool ending_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    const struct order_answer *answer = &order->answer;
    bool stored = order_group_store(ledger, order, end_agency, error) &&
                  survey_status(ledger, SURVEY_UNFINISHED, &order->answer.status, error);
    if (stored && answer->error.code == ERROR_NONE && !answer->already) {
        log_event(LOG_LEVEL_WARNING, "agency_ended", LOG_SUCCESS, "agencia: %" PRIu32 " | bets: %" PRIu64,
                  answer->agency.agency, answer->agency.bets);
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                 .agency = answer->agency.agency,
                                                 .ending = AGENCY_ENDED,
                                                 .bets = answer->agency.bets});
        order_group_tell_seal(ledger);
    }
    return stored;
}

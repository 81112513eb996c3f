#include "ledger/closing.h"

#include "base/log.h"
#include "ledger/known.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/state.h"
#include "ledger/survey.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 20 }; // of one close; the agencies that are left share one

// The change ----------------------------------------------------------------------------------------------

static bool lock_all(struct ledger *ledger, struct error *error) {
    uint32_t count = ledger->draw.agencies;
    if (!ledger->is_shared) {
        return true;
    }
    uint32_t *numbers = malloc(count * sizeof *numbers);
    if (numbers == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %" PRIu32 " agencies", count);
    }
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = i + 1;
    }
    bool locked = known_lock(ledger, numbers, count, error);
    free(numbers);
    return locked;
}

// A draw that sealed itself has not been closed; nor had an attempt that failed before it closed anything.
static bool is_own(const struct ledger *ledger, const struct order_unknown *unknown) {
    return unknown->is_set && unknown->draw.closed_at[0] != '\0' &&
           strcmp(ledger->draw.closed_at, unknown->draw.closed_at) == 0;
}

// Of a shared store, another server may have closed the draw while this one waited for the agencies' rows.
static bool cut_off(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    if (ledger->draw.state != DRAW_OPEN) {
        order->answer.already = !is_own(ledger, &order->unknown);
        return order->answer.already || lock_all(ledger, error);
    }
    if (ledger->draw.agencies == 0) {
        error_set(
            &order->answer.error, ERROR_BAD_CHANGE,
            "draw \"%s\" has no agencies, so there is nothing to seal: give it some first (quiniela change)",
            ledger->draw_name);
        return true;
    }
    if (!order->input.is_sure) {
        error_set(&order->answer.error, ERROR_NEEDS_YES, "it cannot be undone");
        return true;
    }
    if (!lock_all(ledger, error) || !order_group_check_draw(ledger, error)) {
        return false;
    }
    for (uint32_t number = 1; number <= ledger->draw.agencies; number++) {
        if (!agency_has_finished(&ledger->agencies[number])) {
            state_finish(ledger, number, AGENCY_CUT);
            open_group_note_end(ledger);
        }
    }
    open_group_note_close(ledger);
    return open_group_change(ledger, error);
}

// What is said of it --------------------------------------------------------------------------------------

static void log_rest(const struct order_status *status, uint32_t after) {
    char text[ORDER_TEXT_BYTES];
    survey_missing_text(status, after, text, sizeof text);
    log_event(LOG_LEVEL_WARNING, "agency_cut", LOG_SUCCESS, "agencias: %s", text);
}

// After the commit of a close every agency's row is in memory.
static void tell(const struct ledger *ledger, const struct order_status *status) {
    uint32_t lines = 0, last = 0;
    bool is_more = false;
    for (uint32_t number = 1; number <= ledger->draw.agencies; number++) {
        const struct stored_agency *row = &ledger->agencies[number].row;
        if (row->ending != AGENCY_CUT) {
            continue;
        }
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                 .agency = number,
                                                 .ending = AGENCY_CUT,
                                                 .bets = row->bets});
        is_more = lines == LINES_MAX;
        if (!is_more) {
            log_event(LOG_LEVEL_WARNING, "agency_cut", LOG_SUCCESS, "agencia: %" PRIu32 " | bets: %" PRIu64,
                      number, row->bets);
            lines++;
            last = number;
        }
    }
    if (is_more) {
        log_rest(status, last);
    }
    log_event(LOG_LEVEL_INFO, "close_draw", LOG_SUCCESS, "draw: %s | agencies: %" PRIu32 " | bets: %" PRIu64,
              ledger->draw_name, ledger->draw.agencies, status->bets);
}

static void say_what_would_be(const struct ledger *ledger, struct order_answer *answer) {
    char text[ORDER_TEXT_BYTES];
    survey_missing_text(&answer->status, 0, text, sizeof text);
    error_set(
        &answer->error, ERROR_NEEDS_YES,
        "it cannot be undone: nothing more is taken, and these agencies are cut off, with the bets that "
        "they have sent: %s; %s",
        text, order_group_seal_text(ledger));
}

bool closing_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct order_answer *answer = &order->answer;
    if (!order_group_store(ledger, order, cut_off, error)) {
        return false;
    }
    survey_status(ledger, SURVEY_CUT, &answer->status);
    if (answer->error.code == ERROR_NEEDS_YES) {
        say_what_would_be(ledger, answer);
    } else if (answer->error.code == ERROR_NONE && !answer->already) {
        log_hold();
        tell(ledger, &answer->status);
        log_release();
        notes_tell_seal(ledger);
    }
    return true;
}

#include "ledger/changing.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/moment.h"
#include "ledger/cutoff_time.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/survey.h"
#include "seal/instant.h"

#include <inttypes.h>
#include <string.h>

enum { FAR_MORE = 10 }; // times as many agencies: is it a slip of the finger?

// How many agencies have finished, and the last one that has a row.
static bool find_totals(struct ledger *ledger, struct stored_totals *totals, struct error *error) {
    *totals = (struct stored_totals){.finished = ledger->finished};
    for (uint32_t number = 1; number < ledger->agency_places; number++) {
        totals->last = ledger->agencies[number].row.checksum != 0 ? number : totals->last;
    }
    return !ledger->is_shared || store_total_agencies(ledger->store, totals, error);
}

static void change_draw(struct stored_draw *draw, const struct order_input *input) {
    if (input->changes_agencies) {
        draw->agencies = input->agencies;
    }
    if (input->changes_number) {
        draw->winning_number = input->number;
    }
    if (input->changes_cutoff) {
        memcpy(draw->closes_at, input->closes_at, sizeof draw->closes_at);
        memcpy(draw->closes_text, input->closes_text, sizeof draw->closes_text);
    }
}

static bool is_same(const struct stored_draw *one, const struct stored_draw *other) {
    return one->agencies == other->agencies && one->winning_number == other->winning_number &&
           strcmp(one->closes_at, other->closes_at) == 0;
}

// Whether it may be changed so; otherwise the answer says why not.
static bool may_change(const struct ledger *ledger, struct ledger_order *order,
                       const struct stored_totals *totals) {
    const struct order_input *input = &order->input;
    struct error *refusal = &order->answer.error;
    if (input->changes_number && ledger->draw.number_mode != NUMBER_FIXED) {
        return error_set(refusal, ERROR_BAD_CHANGE,
                         "number: draw \"%s\" gets its number once it is sealed (quiniela draw)",
                         ledger->draw_name);
    }
    if (input->changes_pulse && (ledger->draw.number_mode != NUMBER_BEACON || ledger->draw.rules == 0)) {
        return error_set(refusal, ERROR_BAD_CHANGE, "pulse: draw \"%s\" has its number from no beacon",
                         ledger->draw_name);
    }
    if (input->changes_agencies && input->agencies < totals->last) {
        return error_set(refusal, ERROR_BAD_CHANGE,
                         "agencies: agency %" PRIu32 " has sent to draw \"%s\" already", totals->last,
                         ledger->draw_name);
    }
    if (input->changes_agencies && ledger->draw.agencies > 0 &&
        input->agencies > (uint64_t)FAR_MORE * ledger->draw.agencies && !input->is_sure) {
        return error_set(refusal, ERROR_NEEDS_YES,
                         "%" PRIu32 " agencies are more than ten times the %" PRIu32
                         " of now, and the draw then waits for each of them",
                         input->agencies, ledger->draw.agencies);
    }
    bool seals = input->changes_agencies && input->agencies == totals->finished;
    if (seals && !input->is_sure) {
        return error_set(refusal, ERROR_NEEDS_YES,
                         "it cannot be undone: all of these %" PRIu32
                         " agencies have finished, so the draw is sealed",
                         input->agencies);
    }
    return true;
}

// One without agencies waits for the first.
static bool is_complete(const struct stored_draw *draw, const struct stored_totals *totals) {
    return draw->agencies > 0 && draw->agencies == totals->finished;
}

static bool put(struct ledger *ledger, const struct stored_draw *draw, bool seals, struct error *error) {
    struct stored_draw put = *draw;
    clock_utc_text(put.changed_at);
    if (seals) {
        state_move_draw(&put, DRAW_SEALED);
    }
    bool done = open_group_begin(ledger, error) && store_put_draw(ledger->store, &put, error) &&
                signing_put(ledger, error) && state_resize(ledger, put.agencies, error);
    if (!state_end_draw_copy(ledger, &put, done)) {
        return false;
    }
    if (seals) {
        open_group_note_seal(ledger);
    }
    return open_group_change(ledger, error);
}

// Whether a signed draw still closes long enough before its beacon's pulse; otherwise the answer names both
// times. (The rules refuse it, too: seal/rules.h.)
static bool closes_before_pulse(const struct ledger *ledger, struct ledger_order *order,
                                const struct stored_draw *draw) {
    const struct rules *rules = signed_draw_rules(&ledger->signed_draw);
    char text[INSTANT_TEXT_BYTES];
    uint64_t close, pulse;
    if (rules == NULL || rules->how != RULES_BEACON || !instant_parse(slice_of(draw->closes_at), &close)) {
        return true;
    }
    pulse = rules->pulse.time;
    if (order->input.changes_pulse && !instant_parse(slice_of(order->input.pulse), &pulse)) {
        return true;
    }
    instant_format(pulse, text);
    return close + BEACON_CLOSE_LEAD_S <= pulse ||
           error_set(
               &order->answer.error, ERROR_BAD_CHANGE,
               "close: %s is not at least %d minutes before the beacon's pulse, which is of %s: quiniela "
               "change --close-at TIME --beacon-pulse TIME puts off both",
               draw->closes_at, BEACON_CLOSE_LEAD_S / 60, text);
}

// The rules of a signed draw say so, too, in the same commit. Where they cannot, the answer says why not.
static bool sign_and_put(struct ledger *ledger, struct ledger_order *order, struct stored_draw *draw,
                         bool seals, struct error *error) {
    const char *pulse = order->input.changes_pulse ? order->input.pulse : NULL;
    uint32_t before = draw->rules;
    struct error refusal;
    if (!closes_before_pulse(ledger, order, draw)) {
        return true;
    }
    if (!signing_change(ledger, draw, pulse, &refusal, error)) {
        return false;
    }
    if (refusal.code != ERROR_NONE) {
        error_set(&order->answer.error, ERROR_BAD_CHANGE, "%s", refusal.text);
        return true;
    }
    order->answer.already = is_same(draw, &ledger->draw) && draw->rules == before;
    return order->answer.already || put(ledger, draw, seals, error);
}

// The server that took the order has read the text by its own clock; of a shared store the database's
// decides.
static bool read_cutoff(struct ledger *ledger, struct ledger_order *order, struct stored_draw *draw,
                        struct error *error) {
    struct error reason;
    time_t now;
    if (!ledger->is_shared || !order->input.changes_cutoff || draw->closes_text[0] == '\0') {
        return true;
    }
    if (!cutoff_now(ledger, &now, error)) {
        return false;
    }
    if (!moment_parse(draw->closes_text, now, draw->closes_at, &reason)) {
        error_set(&order->answer.error, ERROR_BAD_CHANGE, "%s, by the database's clock", reason.text);
    }
    return true;
}

static bool is_own(const struct ledger *ledger, const struct order_unknown *unknown) {
    return unknown->is_set && strcmp(ledger->draw.changed_at, unknown->draw.changed_at) == 0 &&
           is_same(&ledger->draw, &unknown->draw);
}

static bool change_to(struct ledger *ledger, struct ledger_order *order, struct stored_draw *draw,
                      const struct stored_totals *totals, struct error *error) {
    change_draw(draw, &order->input);
    if (!read_cutoff(ledger, order, draw, error)) {
        return false;
    }
    if (order->answer.error.code != ERROR_NONE) {
        return true;
    }
    if (is_same(draw, &ledger->draw) && !order->input.changes_pulse) {
        order->answer.already = true;
        return true;
    }
    return !may_change(ledger, order, totals) ||
           sign_and_put(ledger, order, draw, is_complete(draw, totals), error);
}

static bool change(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct stored_totals totals;
    if (is_own(ledger, &order->unknown)) {
        order->answer.before = order->unknown.before;
        return true;
    }
    if (ledger->draw.state != DRAW_OPEN) {
        error_set(&order->answer.error, ERROR_NOT_OPEN, "draw \"%s\" is %s: nothing of it changes any more",
                  ledger->draw_name, draw_state_name(ledger->draw.state));
        return true;
    }
    if (!order_group_lock_draw(ledger, error) || !find_totals(ledger, &totals, error)) {
        return false;
    }
    struct stored_draw draw = ledger->draw;
    order->answer.before = ledger->draw;
    stored_draw_forget(&order->answer.before);
    bool done = change_to(ledger, order, &draw, &totals, error);
    stored_draw_forget(&draw);
    return done;
}

static void tell(const struct ledger *ledger, const struct ledger_order *order) {
    const struct stored_draw *draw = &ledger->draw, *before = &order->answer.before;
    if (order->input.changes_pulse) {
        log_event(LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS, "draw: %s | pulse: %s", ledger->draw_name,
                  order->input.pulse);
    }
    if (draw->agencies != before->agencies) {
        log_event(LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS,
                  "draw: %s | agencies: %" PRIu32 " → %" PRIu32, ledger->draw_name, before->agencies,
                  draw->agencies);
    }
    if (draw->winning_number != before->winning_number) {
        log_event(LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS, "draw: %s | winning_number: %04u → %04u",
                  ledger->draw_name, before->winning_number, draw->winning_number);
    }
    if (strcmp(draw->closes_at, before->closes_at) != 0) {
        log_event(LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS, "draw: %s | closes_at: %s → %s",
                  ledger->draw_name, before->closes_at[0] == '\0' ? "none" : before->closes_at,
                  draw->closes_at[0] == '\0' ? "none" : draw->closes_at);
    }
}

bool changing_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct order_answer *answer = &order->answer;
    struct error ignored; // it is logged, and tried again
    if (!order_group_store(ledger, order, change, error)) {
        return false;
    }
    survey_status(ledger, SURVEY_UNFINISHED, &answer->status);
    if (answer->error.code == ERROR_NONE && !answer->already) {
        (void)signing_settle(ledger, &ignored);
        tell(ledger, order);
        notes_tell_seal(ledger);
    }
    return true;
}

#include "cli/status_advice.h"

#include "cli/ago.h"
#include "ledger/pulse.h"
#include "ledger/survey.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SLOW_MS = 10 * 1000 }; // a store takes too long
enum { SILENCE_BYTES = AGO_BYTES + 32 };

__attribute__((format(printf, 3, 4))) static bool say(struct status_advice *advice, const char *code,
                                                      const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(advice->text, sizeof advice->text, format, arguments);
    va_end(arguments);
    advice->code = code;
    return true;
}

// The server ----------------------------------------------------------------------------------------------

// Nobody takes back a cut-off that has passed while no server ran.
static bool advise_to_start(const struct status *status, struct status_advice *advice) {
    const char *start =
        status->is_in_file
            ? "no server of this draw answers here: start it, or look at it, and ask again"
            : "no server of this draw answers on this machine, and those on others are not heard "
              "here: look there, and where none runs start one";
    char who[ORDER_TEXT_BYTES], left[AGO_BYTES];
    time_t at;
    survey_missing_text(&status->missing, 0, who, sizeof who);
    if (status->draw.state != DRAW_OPEN || !ago_parse(status->draw.closes_at, &at)) {
        return say(advice, "start_server", "%s", start);
    }
    if (at <= status->now) {
        return say(
            advice, "start_server",
            status->is_in_file
                ? "no server of this draw answers here, and its cut-off has passed: the next start closes "
                  "the draw, cuts off agencies %s, and nothing takes that back"
                : "no server of this draw answers on this machine, and its cut-off has passed: a server "
                  "elsewhere closes the draw; where none runs the next start does, cuts off agencies %s, "
                  "and nothing takes that back",
            who);
    }
    ago_text((uint64_t)(at - status->now), left);
    return say(
        advice, "start_server",
        "%s; do so before the cut-off, in %s: %sa later start closes the draw, and cuts off agencies %s",
        start, left, status->is_in_file ? "" : "where none runs ", who);
}

static bool advise_on_server(const struct status *status, struct status_advice *advice) {
    const struct status_live *live = &status->live;
    if (!live->is_there) {
        return advise_to_start(status, advice);
    }
    if (live->all.store_fails || status->no_store[0] != '\0') {
        return say(
            advice, "mend_store",
            "the store fails, and nothing is acknowledged: make room, or mend its disk or database; the "
            "server goes on by itself");
    }
    if (live->all.busy_ms >= SLOW_MS) {
        return say(advice, "wait_for_store",
                   "the server has waited for its store for %" PRIu64 " s: look at its disk or database",
                   live->all.busy_ms / 1000);
    }
    return false;
}

// An open draw --------------------------------------------------------------------------------------------

// Who was heard of and went silent comes before who has not begun, and that before who has begun and was not
// heard of since the start: of it nobody knows for how long.
static const struct status_silent *whom_to_call(const struct status *status) {
    const struct status_live *live = &status->live;
    const struct status_silent *not_begun = NULL, *begun = NULL;
    for (size_t i = 0; i < live->silent_count; i++) {
        const struct status_silent *silent = &live->silent[i];
        if (silent->is_heard && silent->silent_s >= PULSE_SILENT_S) {
            return silent;
        }
        if (!silent->is_heard) {
            const struct status_silent **first =
                status_has_begun(status, silent->agency) ? &begun : &not_begun;
            *first = *first == NULL ? silent : *first;
        }
    }
    return not_begun != NULL ? not_begun : begun;
}

// A draw of the minute before may be the server's own, which took some time to start.
static bool is_of_before(const struct status *status) {
    time_t opened_at, since;
    return ago_parse(status->draw.opened_at, &opened_at) && ago_parse(status->live.all.since, &since) &&
           since - opened_at >= PULSE_SILENT_S;
}

// Then it has heard of nobody yet, whoever is at work. Bets of an agency that was not heard of are a sign of
// it only where no server elsewhere can have taken them.
static bool has_just_started_again(const struct status *status) {
    const struct status_live *live = &status->live;
    bool is_again = is_of_before(status);
    for (size_t i = 0; i < live->silent_count && status->is_in_file; i++) {
        const struct status_silent *silent = &live->silent[i];
        is_again = is_again || (!silent->is_heard && status_has_begun(status, silent->agency));
    }
    return is_again && live->all.up_s < PULSE_SILENT_S;
}

static void add_cutoff(const struct status *status, struct status_advice *advice) {
    char left[AGO_BYTES];
    time_t at;
    size_t length = strlen(advice->text);
    if (ago_parse(status->draw.closes_at, &at) && at > status->now) {
        ago_text((uint64_t)(at - status->now), left);
        snprintf(advice->text + length, sizeof advice->text - length,
                 "; the cut-off ends the intake in %s in any case", left);
    }
}

// Those that were asked know whom they have heard of, and nobody else.
static void write_silence(const struct status *status, const struct status_silent *silent,
                          char text[SILENCE_BYTES]) {
    char since[AGO_BYTES], by[48] = "by this server";
    if (status->live.server_count > 1) {
        snprintf(by, sizeof by, "by the %zu servers here", status->live.server_count);
    }
    if (!silent->is_heard) {
        snprintf(text, SILENCE_BYTES, "not heard of %s",
                 !status->is_in_file                        ? by
                 : status_has_begun(status, silent->agency) ? "since the server's start"
                                                            : "yet");
        return;
    }
    ago_text(silent->silent_s, since);
    snprintf(text, SILENCE_BYTES, "silent for %s", since);
}

static const char *not_asked(const struct status *status) {
    if (status->live.no_answer[0] != '\0') {
        return "; A SERVER HERE HAS NOT ANSWERED: it may be at work there";
    }
    return status->is_in_file      ? ""
           : status->live.is_named ? "; other servers were not asked: it may be at work there"
                                   : "; servers on other machines are not heard: it may be at work there";
}

static void advise_to_call(const struct status *status, const struct status_silent *silent, const char *who,
                           struct status_advice *advice) {
    const char *flags = status_flags(status);
    char silence[SILENCE_BYTES], is_missing[3 * ORDER_TEXT_BYTES];
    write_silence(status, silent, silence);
    if (status_missing(status) == 1) {
        snprintf(is_missing, sizeof is_missing, "agency %" PRIu32 " is missing, %s: call it", silent->agency,
                 silence);
    } else {
        snprintf(is_missing, sizeof is_missing, "agencies %s are missing: call agency %" PRIu32 ", %s", who,
                 silent->agency, silence);
    }
    advice->agency = silent->agency;
    say(advice, "call_agency",
        "%s%s; `quiniela finish%s --agency %" PRIu32 "` ends it, `quiniela close%s` ends the intake",
        is_missing, not_asked(status), flags, silent->agency, flags);
}

static void advise_open(const struct status *status, struct status_advice *advice) {
    const struct status_live *live = &status->live;
    const struct status_silent *silent = whom_to_call(status);
    uint64_t missing = status_missing(status);
    char who[ORDER_TEXT_BYTES];
    survey_missing_text(&status->missing, 0, who, sizeof who);
    if (status->totals.bets == 0 && status->totals.finished == 0 && live->never == missing) {
        say(advice, "start_agencies", "no agency has sent anything yet: have them start");
    } else if (silent != NULL && has_just_started_again(status)) {
        say(advice, "wait_for_agencies",
            "nothing: the server has just started, and agencies come back by themselves: wait for %" PRIu64
            " s",
            PULSE_SILENT_S - live->all.up_s);
    } else if (silent != NULL) {
        advise_to_call(status, silent, who, advice);
    } else {
        say(advice, "wait_for_agencies",
            missing == 1 ? "nothing: agency %s is sending" : "nothing: agencies %s are sending", who);
    }
    add_cutoff(status, advice);
}

// A draw that takes no more -------------------------------------------------------------------------------

static bool advise_on_seal(const struct status *status, struct status_advice *advice) {
    const char *failure = status->live.all.seal_fails;
    return failure[0] != '\0' &&
           say(advice, "mend_seal",
               "the %s cannot be made or kept: %s; mend that, and the server goes on by itself",
               status->draw.state == DRAW_DRAWN ? "result" : "seal", failure);
}

// A seal that nobody saw early enough has no number.
static void advise_to_give_pulse(const struct status *status, struct status_advice *advice) {
    const struct signed_status *is_signed = &status->is_signed;
    const char *flags = status_flags(status);
    if (is_signed->pulse_at[0] == '\0') {
        say(advice, "give_pulse", "sealed: give the beacon's pulse with `quiniela draw%s --pulse FILE`",
            flags);
    } else if (is_signed->seen == 0) {
        say(advice, "show_seal",
            "sealed: have a witness cosign the seal, or an authority stamp it, by %s, and give that with "
            "`quiniela seal%s --add FILE`; then comes the beacon's pulse of %s",
            is_signed->see_by, flags, is_signed->pulse_at);
    } else {
        say(advice, "give_pulse", "sealed: give the beacon's pulse of %s with `quiniela draw%s --pulse FILE`",
            is_signed->pulse_at, flags);
    }
}

static void advise_to_give_number(const struct status *status, struct status_advice *advice) {
    const struct signed_status *is_signed = &status->is_signed;
    const char *flags = status_flags(status);
    if (is_signed->approvals_wanted == 0) {
        say(advice, "give_number", "sealed: give the number with `quiniela draw%s --number NNNN`", flags);
    } else {
        say(advice, "give_number",
            "sealed: give the number with `quiniela draw%s --number NNNN --approval FILE`, a FILE of each of "
            "%" PRIu32 " approvers; here: %s",
            flags, is_signed->approvals_wanted,
            is_signed->approvals == 0 ? "none" : is_signed->approvals_text);
    }
}

static void advise_sealed(const struct status *status, struct status_advice *advice) {
    if (advise_on_seal(status, advice)) {
        return;
    }
    if (status->draw.rules > 0 && !status->draw.has_root) {
        say(advice, "wait_for_seal", "nothing: the server computes the seal");
    } else if (status->draw.number_mode == NUMBER_BEACON) {
        advise_to_give_pulse(status, advice);
    } else if (status->draw.number_mode == NUMBER_MANUAL && !status->draw.has_number) {
        advise_to_give_number(status, advice);
    } else {
        say(advice, "wait_for_draw", "nothing: the server makes the draw");
    }
}

static bool advise_when_over(const struct status *status, struct status_advice *advice) {
    if (status->draw.erased_at[0] != '\0') {
        return say(advice, "none", "nothing: the personal data of this draw were erased at %s",
                   status->draw.erased_at);
    }
    if (status->draw.forked_at[0] != '\0') {
        return say(advice, "hold_another_draw",
                   "another seal of this draw was seen at %s, and %s: find out who signed two, and hold "
                   "another draw",
                   status->draw.forked_at,
                   status->draw.state == DRAW_DRAWN ? "it was already made" : "no server draws it");
    }
    if (status->draw.state == DRAW_DRAWN && status->totals.told >= status->draw.agencies) {
        return say(advice, "none", "nothing: drawn, and every agency has been told its winners");
    }
    return false;
}

void status_advise(const struct status *status, struct status_advice *advice) {
    *advice = (struct status_advice){.agency = 0};
    if (advise_when_over(status, advice) || advise_on_server(status, advice)) {
        return;
    }
    switch (status->draw.state) {
    case DRAW_OPEN:
        advise_open(status, advice);
        break;
    case DRAW_SEALED:
        advise_sealed(status, advice);
        break;
    case DRAW_DRAWN:
        if (advise_on_seal(status, advice)) {
            break;
        }
        say(advice, "wait_for_agencies",
            "nothing: %" PRIu64 " of %" PRIu32 " agencies have not been told their winners yet; each is when "
            "it asks",
            status->draw.agencies - status->totals.told, status->draw.agencies);
        break;
    }
}

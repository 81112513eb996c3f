#include "cli/status_advice.h"

#include "cli/ago.h"
#include "ledger/survey.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SLOW_MS = 10 * 1000, SILENT_S = 60 }; // a store takes too long; an agency is to be called
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

static bool advise_on_server(const struct status *status, struct status_advice *advice) {
    const struct status_live *live = &status->live;
    if (!live->is_there) {
        return say(advice, "start_server",
                   "no server of this draw answers here: start it, or look at it, and ask again");
    }
    if (live->store_fails || status->no_store[0] != '\0') {
        return say(
            advice, "mend_store",
            "the store fails, and nothing is acknowledged: make room, or mend its disk or database; the "
            "server goes on by itself");
    }
    if (live->busy_ms >= SLOW_MS) {
        return say(advice, "wait_for_store",
                   "the server has waited for its store for %" PRIu64 " s: look at its disk or database",
                   live->busy_ms / 1000);
    }
    return false;
}

// An open draw --------------------------------------------------------------------------------------------

// Who began and went silent comes before who has not begun.
static const struct status_silent *whom_to_call(const struct status_live *live) {
    const struct status_silent *first = NULL;
    for (size_t i = 0; i < live->silent_count; i++) {
        const struct status_silent *silent = &live->silent[i];
        if (silent->is_heard && silent->silent_s >= SILENT_S) {
            return silent;
        }
        if (!silent->is_heard && first == NULL) {
            first = silent;
        }
    }
    return first;
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

// Of several servers each knows only whom it has heard of itself.
static void write_silence(const struct status *status, const struct status_silent *silent,
                          char text[SILENCE_BYTES]) {
    char since[AGO_BYTES];
    if (!silent->is_heard) {
        snprintf(text, SILENCE_BYTES, "not heard of %s", status->is_in_file ? "yet" : "by this server");
        return;
    }
    ago_text(silent->silent_s, since);
    snprintf(text, SILENCE_BYTES, "silent %sfor %s", status->is_in_file ? "" : "at this server ", since);
}

static void advise_to_call(const struct status *status, const struct status_silent *silent, const char *who,
                           struct status_advice *advice) {
    const char *call = status->is_in_file ? "call" : "look at the other servers, or call";
    char silence[SILENCE_BYTES], is_missing[3 * ORDER_TEXT_BYTES];
    write_silence(status, silent, silence);
    if (status_missing(status) == 1) {
        snprintf(is_missing, sizeof is_missing, "agency %" PRIu32 " is missing, %s: %s it", silent->agency,
                 silence, call);
    } else {
        snprintf(is_missing, sizeof is_missing, "agencies %s are missing: %s agency %" PRIu32 ", %s", who,
                 call, silent->agency, silence);
    }
    advice->agency = silent->agency;
    say(advice, "call_agency",
        "%s; `quiniela finish --agency %" PRIu32 "` ends it, `quiniela close` ends the intake", is_missing,
        silent->agency);
}

static void advise_open(const struct status *status, struct status_advice *advice) {
    const struct status_live *live = &status->live;
    const struct status_silent *silent = whom_to_call(live);
    uint64_t missing = status_missing(status);
    char who[ORDER_TEXT_BYTES];
    survey_missing_text(&status->missing, 0, who, sizeof who);
    if (status->totals.bets == 0 && status->totals.finished == 0 && live->never == missing) {
        say(advice, "start_agencies", "no agency has sent anything yet: have them start");
    } else if (silent != NULL) {
        advise_to_call(status, silent, who, advice);
    } else {
        say(advice, "wait_for_agencies",
            missing == 1 ? "nothing: agency %s is sending" : "nothing: agencies %s are sending", who);
    }
    add_cutoff(status, advice);
}

// A draw that takes no more -------------------------------------------------------------------------------

static void advise_sealed(const struct status *status, struct status_advice *advice) {
    if (status->draw.number_mode == NUMBER_MANUAL && !status->draw.has_number) {
        say(advice, "give_number", "sealed: give the number with `quiniela draw --number`");
    } else {
        say(advice, "wait_for_draw", "nothing: the server makes the draw");
    }
}

static bool advise_when_over(const struct status *status, struct status_advice *advice) {
    if (status->draw.erased_at[0] != '\0') {
        return say(advice, "none", "nothing: the personal data of this draw were erased at %s",
                   status->draw.erased_at);
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
        say(advice, "wait_for_agencies",
            "nothing: %" PRIu64 " of %" PRIu32 " agencies have not been told their winners yet, and ask by "
            "themselves",
            status->draw.agencies - status->totals.told, status->draw.agencies);
        break;
    }
}

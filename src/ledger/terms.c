#include "ledger/terms.h"

#include "base/attributes.h"
#include "base/log.h"
#include "base/moment.h"
#include "ledger/cutoff_time.h"
#include "ledger/state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// To anyone who only reads the name, both are the general "bad_setting".
const struct error_code ERROR_AGENCIES_MISMATCH[1] = {{"bad_setting", false}};
const struct error_code ERROR_NUMBER_MISMATCH[1] = {{"bad_setting", false}};
const struct error_code ERROR_CUTOFF_MISMATCH[1] = {{"bad_setting", false}};

struct terms {
    uint32_t agencies;
    enum number_mode number_mode;
    uint16_t winning_number; // 0 where it is not fixed
    const char *closes_text;
};

// A number that is given is fixed by that.
static enum number_mode wanted_mode(const struct ledger *ledger) {
    const struct ledger_options *options = &ledger->options;
    if (!options->mode_by_default) {
        return options->number_mode;
    }
    return options->number_by_default ? ledger->draw.number_mode : NUMBER_FIXED;
}

// The terms wanted: those given, and otherwise those stored.
static struct terms wanted_terms(const struct ledger *ledger) {
    const struct ledger_options *options = &ledger->options;
    const struct stored_draw *draw = &ledger->draw;
    struct terms wanted = {
        .agencies = options->agencies_by_default ? draw->agencies : options->agencies,
        .number_mode = wanted_mode(ledger),
        .winning_number = draw->winning_number,
        .closes_text = options->closes_text == NULL ? draw->closes_text : options->closes_text,
    };
    if (wanted.number_mode != NUMBER_FIXED) {
        wanted.winning_number = draw->number_mode != NUMBER_FIXED ? draw->winning_number : 0;
    } else if (!options->number_by_default || draw->number_mode != NUMBER_FIXED) {
        wanted.winning_number = options->winning_number;
    }
    return wanted;
}

// Why the terms are no longer free.
static const char *begun(const struct ledger *ledger) {
    return ledger->loaded.bets > 0 ? "has bets" : "has agencies that have ended";
}

static bool refuse(struct error *error, const struct error_code *code, const char *setting,
                   const struct ledger *ledger, uint32_t given, uint32_t stored) {
    return error_set(error, code,
                     "%s is %" PRIu32 ", and draw \"%s\" was opened with %" PRIu32
                     " and %s: start with %" PRIu32 ", with CHANGE=yes (--change) to have %" PRIu32
                     " from now on, or with another DRAW",
                     setting, given, ledger->draw_name, stored, begun(ledger), stored, given);
}

// A text that is no time is said to be none.
static bool refuse_cutoff(struct ledger *ledger, const char *text, struct error *error) {
    const struct stored_draw *draw = &ledger->draw;
    char closes_at[STORE_TIME_BYTES];
    struct error reason;
    time_t now;
    if (!cutoff_now(ledger, &now, error)) {
        return false;
    }
    if (!moment_parse(text, now, closes_at, &reason)) {
        return error_set(error, ERROR_CUTOFF_MISMATCH, "CLOSE_AT: %s", reason.text);
    }
    return error_set(error, ERROR_CUTOFF_MISMATCH,
                     "CLOSE_AT is %.40s, and draw \"%s\" %s and %s%s: start with that, or with CHANGE=yes "
                     "(--change) to have it otherwise from now on",
                     text, ledger->draw_name, begun(ledger),
                     draw->closes_at[0] == '\0' ? "no cut-off" : "closes at ", draw->closes_at);
}

// More agencies do no harm; fewer may seal the draw immediately.
static bool check_terms(struct ledger *ledger, const struct terms *wanted, struct error *error) {
    const struct stored_draw *draw = &ledger->draw;
    bool may_change = ledger->loaded.rows == 0 || ledger->options.change;
    if (wanted->agencies < draw->agencies && !may_change) {
        return refuse(error, ERROR_AGENCIES_MISMATCH, "AGENCIES", ledger, wanted->agencies, draw->agencies);
    }
    if (wanted->number_mode != draw->number_mode && draw->rules > 0) {
        return error_set(error, ERROR_NUMBER_MISMATCH,
                         "the winning number is to be %s, and draw \"%s\" is signed with NUMBER=%s, which "
                         "stays: start with that, or with another DRAW",
                         number_mode_name(wanted->number_mode), ledger->draw_name,
                         number_mode_name(draw->number_mode));
    }
    if (wanted->number_mode != draw->number_mode && !may_change) {
        return error_set(error, ERROR_NUMBER_MISMATCH,
                         "the winning number is to be %s, and draw \"%s\" was opened with NUMBER=%s and %s: "
                         "start with that, with CHANGE=yes (--change) to have it otherwise from now on, "
                         "or with another DRAW",
                         number_mode_name(wanted->number_mode), ledger->draw_name,
                         number_mode_name(draw->number_mode), begun(ledger));
    }
    if (wanted->winning_number != draw->winning_number && !may_change) {
        return refuse(error, ERROR_NUMBER_MISMATCH, "WINNING_NUMBER", ledger, wanted->winning_number,
                      draw->winning_number);
    }
    if (strcmp(wanted->closes_text, draw->closes_text) != 0 && !may_change) {
        return refuse_cutoff(ledger, wanted->closes_text, error);
    }
    if (wanted->agencies < ledger->loaded.last_row) {
        return error_set(
            error, ERROR_AGENCIES_MISMATCH,
            "AGENCIES is %" PRIu32 ", but agency %" PRIu32 " has sent to draw \"%s\" already: start with "
            "%" PRIu32 " or more",
            wanted->agencies, ledger->loaded.last_row, ledger->draw_name, ledger->loaded.last_row);
    }
    return true;
}

static void log_change(const struct ledger *ledger, const char *what, uint32_t old, uint32_t new) {
    if (old != new) {
        log_event(ledger->loaded.rows == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS,
                  "draw: %s | %s: %" PRIu32 " → %" PRIu32, ledger->draw_name, what, old, new);
    }
}

// How it comes, where it comes later.
static void write_number(enum number_mode mode, bool has_one, uint16_t number, char text[16]) {
    if (has_one) {
        snprintf(text, 16, "%04u", number);
    } else {
        snprintf(text, 16, "%s", number_mode_name(mode));
    }
}

static void log_number_change(const struct ledger *ledger, const struct terms *wanted) {
    const struct stored_draw *draw = &ledger->draw;
    char old[16], new[16];
    write_number(draw->number_mode, draw->has_number, draw->winning_number, old);
    write_number(wanted->number_mode, wanted->number_mode == NUMBER_FIXED, wanted->winning_number, new);
    if (strcmp(old, new) != 0) {
        log_event(ledger->loaded.rows == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS,
                  "draw: %s | winning_number: %s → %s", ledger->draw_name, old, new);
    }
}

static void log_mode_change(const struct ledger *ledger, enum number_mode mode) {
    if (mode != ledger->draw.number_mode) {
        log_event(ledger->loaded.rows == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "change_draw", LOG_SUCCESS,
                  "draw: %s | number: %s → %s", ledger->draw_name, number_mode_name(ledger->draw.number_mode),
                  number_mode_name(mode));
    }
}

static bool same(const struct stored_draw *draw, const struct terms *wanted) {
    return draw->agencies == wanted->agencies && draw->number_mode == wanted->number_mode &&
           draw->winning_number == wanted->winning_number &&
           strcmp(draw->closes_text, wanted->closes_text) == 0;
}

static void warn_of_closed(const struct ledger *ledger, const struct terms *wanted) {
    const struct stored_draw *draw = &ledger->draw;
    char number[16];
    if (!same(draw, wanted)) {
        write_number(draw->number_mode, draw->has_number, draw->winning_number, number);
        log_event(LOG_LEVEL_WARNING, "open_draw", LOG_SUCCESS,
                  "draw: %s | state: %s | agencies: %" PRIu32
                  " | winning_number: %s | reason: the draw is closed, AGENCIES, WINNING_NUMBER, NUMBER and "
                  "CLOSE_AT stay as they are stored",
                  ledger->draw_name, draw_state_name(draw->state), draw->agencies, number);
    }
}

// A list of the settings that say something else than the draw has.
struct differences {
    char text[512];
    size_t length;
};

static void add_difference(struct differences *all, const char *format, ...) PRINTF_LIKE(2, 3);

static void add_difference(struct differences *all, const char *format, ...) {
    size_t left = sizeof all->text - all->length;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(all->text + all->length, left, format, arguments);
    va_end(arguments);
    all->length += length < 0 ? 0 : (size_t)length < left ? (size_t)length : left - 1;
}

static void list_differences(const struct stored_draw *draw, const struct terms *wanted,
                             struct differences *all) {
    if (wanted->agencies != draw->agencies) {
        add_difference(all, "AGENCIES is %" PRIu32 " in the settings, and the draw waits for %" PRIu32 "; ",
                       wanted->agencies, draw->agencies);
    }
    if (wanted->number_mode != draw->number_mode) {
        add_difference(all, "the number is to be %s in the settings, and the draw has NUMBER=%s; ",
                       number_mode_name(wanted->number_mode), number_mode_name(draw->number_mode));
    } else if (wanted->winning_number != draw->winning_number) {
        add_difference(all, "WINNING_NUMBER is %u in the settings, and the draw has %u; ",
                       wanted->winning_number, draw->winning_number);
    }
    if (strcmp(wanted->closes_text, draw->closes_text) != 0) {
        add_difference(all, "CLOSE_AT is %s in the settings, and the draw %s%s; ", wanted->closes_text,
                       draw->closes_at[0] == '\0' ? "has no cut-off" : "closes at ", draw->closes_at);
    }
}

// An order is not undone by a start with the settings of before it, as a supervisor makes it.
static bool keeps_what_was_ordered(const struct ledger *ledger, const struct terms *wanted) {
    const struct stored_draw *draw = &ledger->draw;
    struct differences all = {.length = 0};
    if (draw->changed_at[0] == '\0' || ledger->options.change) {
        return false;
    }
    list_differences(draw, wanted, &all);
    log_event(LOG_LEVEL_WARNING, "open_draw", LOG_SUCCESS,
              "draw: %s | changed_at: %s | message: %sthat stays as it was ordered: set it so",
              ledger->draw_name, draw->changed_at, all.text);
    return true;
}

// If the flag stays in a file, it lets the next mistake through.
static void warn_of_change_for_nothing(const struct ledger *ledger) {
    if (ledger->options.change) {
        log_event(LOG_LEVEL_WARNING, "change_draw", LOG_IN_PROGRESS,
                  "draw: %s | message: CHANGE is set, and nothing changes: take it away, or a later start "
                  "with other "
                  "settings by mistake changes the draw",
                  ledger->draw_name);
    }
}

// The moment that the draw has, written otherwise, is no other cut-off.
static bool take_same_moment(struct ledger *ledger, struct terms *wanted, struct error *error) {
    const struct stored_draw *draw = &ledger->draw;
    char closes_at[STORE_TIME_BYTES];
    struct error ignored;
    time_t now, moment;
    if (strcmp(wanted->closes_text, draw->closes_text) == 0 || draw->closes_at[0] == '\0') {
        return true;
    }
    if (moment_read(wanted->closes_text, &moment)) {
        moment_write(moment, closes_at);
    } else if (!cutoff_now(ledger, &now, error)) {
        return false;
    } else if (!moment_parse(wanted->closes_text, now, closes_at, &ignored)) {
        return true; // take_cutoff says so
    }
    if (strcmp(closes_at, draw->closes_at) == 0) {
        wanted->closes_text = draw->closes_text;
    }
    return true;
}

// The text is the same one as before, or another one, or the first: then it means a moment from now on.
static bool take_cutoff(struct ledger *ledger, const char *text, struct error *error) {
    struct stored_draw *draw = &ledger->draw;
    char closes_at[STORE_TIME_BYTES];
    struct error reason;
    time_t now;
    if (strcmp(text, draw->closes_text) == 0) {
        return true;
    }
    if (!cutoff_now(ledger, &now, error)) {
        return false;
    }
    if (!moment_parse(text, now, closes_at, &reason)) {
        return error_set(error, ERROR_CUTOFF_MISMATCH, "CLOSE_AT: %s", reason.text);
    }
    snprintf(draw->closes_text, sizeof draw->closes_text, "%s", text);
    memcpy(draw->closes_at, closes_at, sizeof draw->closes_at);
    return true;
}

// Nothing is taken after a cut-off, so no settings take back one that has passed: the draw is closed next.
static bool find_whether_passed(struct ledger *ledger, bool *passed, struct error *error) {
    char text[STORE_TIME_BYTES];
    time_t now;
    *passed = false;
    if (!cutoff_is_ahead(ledger)) {
        return true;
    }
    if (!cutoff_now(ledger, &now, error)) {
        return false;
    }
    moment_write(now, text);
    *passed = strcmp(text, ledger->draw.closes_at) >= 0;
    return true;
}

static void warn_of_passed(const struct ledger *ledger) {
    log_event(
        LOG_LEVEL_WARNING, "open_draw", LOG_SUCCESS,
        "draw: %s | closes_at: %s | message: the cut-off has passed: the draw is closed as it is stored, "
        "whatever else the settings say",
        ledger->draw_name, ledger->draw.closes_at);
}

static void log_cutoff(const struct ledger *ledger) {
    const struct stored_draw *draw = &ledger->draw;
    if (draw->closes_at[0] != '\0' && draw->state == DRAW_OPEN) {
        log_event(LOG_LEVEL_INFO, "close_at", LOG_SUCCESS, "draw: %s | closes_at: %s | given: %s",
                  ledger->draw_name, draw->closes_at, draw->closes_text);
    }
}

static bool take_new(struct ledger *ledger, struct error *error) {
    const char *text = ledger->options.closes_text;
    if (text != NULL && !take_cutoff(ledger, text, error)) {
        return false;
    }
    log_cutoff(ledger);
    return true;
}

// Whether the settings of this start change nothing.
static bool keeps_its_own(const struct ledger *ledger, const struct terms *wanted, bool passed) {
    if (same(&ledger->draw, wanted)) {
        warn_of_change_for_nothing(ledger);
    } else if (passed) {
        warn_of_passed(ledger);
    } else {
        return false;
    }
    log_cutoff(ledger);
    return true;
}

bool terms_take(struct ledger *ledger, bool found, struct error *error) {
    struct stored_draw *draw = &ledger->draw;
    if (ledger->loaded.has_terms) {
        return true;
    }
    if (!found) {
        return take_new(ledger, error);
    }
    struct terms wanted = wanted_terms(ledger);
    if (!take_same_moment(ledger, &wanted, error)) {
        return false;
    }
    if (draw->state != DRAW_OPEN) {
        warn_of_closed(ledger, &wanted);
        return true;
    }
    bool passed;
    if (!find_whether_passed(ledger, &passed, error)) {
        return false;
    }
    if (keeps_its_own(ledger, &wanted, passed)) {
        return true;
    }
    if (keeps_what_was_ordered(ledger, &wanted)) {
        log_cutoff(ledger);
        return true;
    }
    if (!check_terms(ledger, &wanted, error) || !take_cutoff(ledger, wanted.closes_text, error)) {
        return false;
    }
    if (ledger->open_group.is_begun || !ledger->is_shared) { // else this runs again, with the draw locked
        log_change(ledger, "agencies", draw->agencies, wanted.agencies);
        log_mode_change(ledger, wanted.number_mode);
        log_number_change(ledger, &wanted);
        log_cutoff(ledger);
    }
    draw->changed_at[0] = '\0'; // from here on the settings say again what it is
    draw->agencies = wanted.agencies;
    draw->number_mode = wanted.number_mode;
    draw->has_number = wanted.number_mode == NUMBER_FIXED;
    draw->winning_number = wanted.winning_number;
    ledger->draw_is_stored = false;
    return state_resize(ledger, draw->agencies, error);
}

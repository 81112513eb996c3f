#include "control/silence.h"

#include "bet/limits.h"
#include "ledger/pulse.h"
#include "wire/control_line.h"

#include <stdlib.h>
#include <string.h>

enum { NEVER_MAX = SILENT_MAX / 2 }; // of those never heard of, where there are enough others

struct look {
    struct silence *silence;
    struct silent never[SILENT_MAX], heard[SILENT_MAX]; // by their places in the answer
    size_t never_count, heard_count;
};

static void add_heard(struct look *look, struct silent silent) {
    size_t place = look->heard_count;
    while (place > 0 && look->heard[place - 1].for_s < silent.for_s) {
        place--;
    }
    if (place == SILENT_MAX) {
        return;
    }
    look->heard_count += look->heard_count < SILENT_MAX;
    memmove(&look->heard[place + 1], &look->heard[place],
            (look->heard_count - 1 - place) * sizeof *look->heard);
    look->heard[place] = silent;
}

static bool look_at(void *context, const struct silent *silent) {
    struct look *look = context;
    if (silent->for_s != PULSE_NEVER) {
        look->silence->quiet += silent->for_s >= PULSE_SILENT_S;
        add_heard(look, *silent);
        return true;
    }
    look->silence->never++;
    if (look->never_count < SILENT_MAX) {
        look->never[look->never_count++] = *silent;
    }
    return true;
}

static void give_places(const struct look *look) {
    struct silence *silence = look->silence;
    size_t left = SILENT_MAX - look->heard_count;
    size_t never_max = left > NEVER_MAX ? left : NEVER_MAX;
    size_t never = look->never_count < never_max ? look->never_count : never_max;
    size_t heard = look->heard_count < SILENT_MAX - never ? look->heard_count : SILENT_MAX - never;
    memcpy(silence->longest, look->never, never * sizeof *look->never);
    memcpy(silence->longest + never, look->heard, heard * sizeof *look->heard);
    silence->count = never + heard;
}

// The text -------------------------------------------------------------------------------------------------

// A number from `least` on. NULL when there is none.
static const char *read_number(const char *text, uint32_t least, uint32_t *number) {
    char *end;
    unsigned long value = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
    if (value < least || value > AGENCIES_MAX) {
        return NULL;
    }
    *number = (uint32_t)value;
    return end;
}

// The next range, which begins behind `last`. Returns what follows it; NULL when it is none.
static const char *read_range(const char *text, uint32_t last, uint32_t *from, uint32_t *to) {
    const char *end = read_number(text, last + 1, from);
    *to = *from;
    if (end != NULL && *end == '-') {
        end = read_number(end + 1, *from, to);
    }
    return end != NULL && (*end == '\0' || (*end == ',' && end[1] != '\0')) ? end : NULL;
}

// Calls `each` with every agency of `among`, until that returns false. ERROR_BAD_ORDER when it is none.
static bool walk(const char *among, silence_of of, const void *of_context,
                 bool (*each)(void *context, const struct silent *silent), void *context,
                 struct error *error) {
    uint32_t from = 0, to = 0;
    bool goes_on = of != NULL;
    do {
        among = read_range(among, to, &from, &to);
        if (among == NULL) {
            return error_set(error, ERROR_BAD_ORDER,
                             "among: it is to be agencies by number, as in 1-3,7, from 1 to %d",
                             AGENCIES_MAX);
        }
        for (uint32_t agency = from; goes_on && agency <= to; agency++) {
            goes_on = each(context, &(struct silent){agency, of(of_context, agency)});
        }
    } while (*among++ != '\0');
    return true;
}

// Looking --------------------------------------------------------------------------------------------------

struct at_pulse {
    const struct pulse *pulse;
    uint32_t now_s; // its age
};

static uint32_t silence_at(const void *context, uint32_t agency) {
    const struct at_pulse *at = context;
    uint32_t heard_s = pulse_heard_s(at->pulse, agency);
    if (heard_s == PULSE_NEVER) {
        return PULSE_NEVER;
    }
    return at->now_s > heard_s ? at->now_s - heard_s : 0;
}

bool silence_look_by(silence_of of, const void *context, const char *among, struct silence *silence,
                     struct error *error) {
    struct look look = {.silence = silence};
    *silence = (struct silence){.count = 0};
    if (!walk(among, of, context, look_at, &look, error)) {
        return false;
    }
    give_places(&look);
    return true;
}

bool silence_look(const struct pulse *pulse, const char *among, struct silence *silence,
                  struct error *error) {
    const struct at_pulse at = {pulse, pulse == NULL ? 0 : pulse_age_s(pulse)};
    return silence_look_by(pulse == NULL ? NULL : silence_at, &at, among, silence, error);
}

struct hearing {
    bool (*each)(void *context, const struct silent *silent);
    void *context;
};

static bool pass_heard(void *context, const struct silent *silent) {
    const struct hearing *hearing = context;
    return silent->for_s == PULSE_NEVER || hearing->each(hearing->context, silent);
}

void silence_heard(const struct pulse *pulse, const char *among,
                   bool (*each)(void *context, const struct silent *silent), void *context) {
    const struct at_pulse at = {pulse, pulse_age_s(pulse)};
    struct hearing hearing = {each, context};
    struct error ignored;
    (void)walk(among, silence_at, &at, pass_heard, &hearing, &ignored);
}

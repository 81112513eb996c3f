#include "cli/status_away.h"

#include "bet/limits.h"
#include "cli/status_ask.h"
#include "ledger/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 10 * 1000 }; // for a ledger that may be waiting for its store

// "3, 7-9, …", as survey_missing_text writes it.
static void read_missing(const char *text, struct order_status *missing) {
    missing->more_missing = strstr(text, "…") != NULL;
    while (*text >= '0' && *text <= '9') {
        char *end;
        unsigned long from = strtoul(text, &end, 10), to = *end == '-' ? strtoul(end + 1, &end, 10) : from;
        for (; from <= to && from <= AGENCIES_MAX; from++) {
            if (!survey_add_missing(missing, (uint32_t)from)) {
                missing->more_missing = true; // without memory
            }
        }
        text = end + strspn(end, ", ");
    }
}

static bool read_counts(struct control_reply *reply, struct status *status, struct error *error) {
    static const char *const names[] = {"state", "agencies", "finished",       "told",
                                        "bets",  "winners",  "winning_number", "missing_text"};
    struct json_value values[8];
    char state[16], missing[ORDER_TEXT_BYTES];
    if (!control_reply_fields(reply, names, 8, values, error)) {
        return false;
    }
    control_reply_text(&values[0], state, sizeof state);
    control_reply_text(&values[7], missing, sizeof missing);
    if (!draw_state_parse(state, &status->draw.state)) {
        return false;
    }
    status->draw.agencies = (uint32_t)control_reply_number(&values[1]);
    status->totals.finished = control_reply_number(&values[2]);
    status->totals.told = control_reply_number(&values[3]);
    status->totals.bets = control_reply_number(&values[4]);
    status->totals.winners = control_reply_number(&values[5]);
    status->draw.winning_number = (uint16_t)control_reply_number(&values[6]);
    status->draw.has_number = values[6].kind == JSON_INTEGER;
    read_missing(missing, &status->missing);
    return true;
}

static bool read_signer(struct control_reply *reply, struct status *status, struct error *error) {
    static const char *const names[] = {"signed_by"};
    struct json_value value;
    if (!control_reply_fields(reply, names, 1, &value, error)) {
        return false;
    }
    control_reply_text(&value, status->is_signed.by, sizeof status->is_signed.by);
    return true;
}

static bool read_times(struct control_reply *reply, struct status *status, struct error *error) {
    static const char *const names[] = {"opened_at", "closes_at",   "closed_at", "sealed_at",
                                        "drawn_at",  "number_mode", "voided",    "counted_at"};
    struct stored_draw *draw = &status->draw;
    struct json_value values[8];
    char mode[16];
    char *const times[] = {draw->opened_at, draw->closes_at, draw->closed_at, draw->sealed_at,
                           draw->drawn_at};
    if (!control_reply_fields(reply, names, 8, values, error)) {
        return false;
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        control_reply_text(&values[i], times[i], STORE_TIME_BYTES);
    }
    control_reply_text(&values[7], status->counted_at, sizeof status->counted_at);
    draw->voided = control_reply_number(&values[6]);
    control_reply_text(&values[5], mode, sizeof mode);
    return mode[0] == '\0' || number_mode_parse(mode, &draw->number_mode);
}

bool status_away_read(const struct control_call_options *options, struct status *status) {
    struct status told = {
        .draw_name = status->draw_name, .rows_max = status->rows_max, .flags = status->flags};
    const struct order_status nobody = {.missing_count = 0};
    struct control_reply reply;
    struct error ignored;
    status_ask(options, &nobody, &told.live); // whether it is this store's and this draw's
    if (!told.live.is_there ||
        !control_call_within(options, ANSWER_MS, "status", NULL, 0, &reply, &ignored)) {
        return false;
    }
    bool done = reply.ok && read_counts(&reply, &told, &ignored) && read_times(&reply, &told, &ignored) &&
                read_signer(&reply, &told, &ignored);
    control_reply_free(&reply);
    if (done) {
        status_free(status);
        *status = told;
    } else {
        status_free(&told);
    }
    return done;
}

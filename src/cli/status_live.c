#include "cli/status_live.h"

#include "store/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ANSWER_MS = 3000,                               // for a server that is well
    AMONG_BYTES = CONTROL_LINE_BYTES_MAX - 32,      // beside the word and the key
    RANGE_BYTES = sizeof ",4294967295-4294967295\n" // with a NUL
};

// Asking --------------------------------------------------------------------------------------------------

static void write_among(const struct order_status *missing, char text[AMONG_BYTES]) {
    size_t length = 0;
    for (size_t i = 0; i < missing->missing_count && length + RANGE_BYTES < AMONG_BYTES; i++) {
        const struct order_range *range = &missing->missing[i];
        const char *before = i == 0 ? "" : ",";
        const char *form = range->from == range->to ? "%s%" PRIu32 : "%s%" PRIu32 "-%" PRIu32;
        length += (size_t)snprintf(text + length, AMONG_BYTES - length, form, before, range->from, range->to);
    }
}

// Its answer ----------------------------------------------------------------------------------------------

static bool take_silent(void *context, const struct json_value *values) {
    struct status_live *live = context;
    struct status_silent *silent = &live->silent[live->silent_count];
    if (live->silent_count == STATUS_SILENT_MAX) {
        return false;
    }
    *silent = (struct status_silent){.agency = (uint32_t)control_reply_number(&values[0]),
                                     .is_heard = values[1].kind == JSON_INTEGER,
                                     .silent_s = control_reply_number(&values[1])};
    control_reply_text(&values[2], silent->heard_at, sizeof silent->heard_at);
    live->silent_count++;
    return true;
}

static bool read_silence(struct control_reply *reply, struct status_live *live, struct error *error) {
    static const char *const names[] = {"never_heard", "quiet", "silent"};
    static const char *const of_silent[] = {"agency", "silent_s", "heard_at"};
    struct json_value values[3];
    if (!control_reply_fields(reply, names, 3, values, error)) {
        return false;
    }
    live->never = control_reply_number(&values[0]);
    live->quiet = control_reply_number(&values[1]);
    if (values[2].kind == JSON_ARRAY) {
        (void)json_each_object(reply->parser, &values[2], of_silent, 3, take_silent, live);
    }
    return true;
}

static bool read_numbers(struct control_reply *reply, struct status_live *live, struct error *error) {
    static const char *const names[] = {"pid",      "up_s",    "connections", "bets_10s",
                                        "bets_60s", "busy_ms", "store_fails", "since"};
    struct json_value values[8];
    if (!control_reply_fields(reply, names, 8, values, error)) {
        return false;
    }
    uint64_t *const fields[] = {&live->pid,      &live->up_s,     &live->connections,
                                &live->bets_10s, &live->bets_60s, &live->busy_ms};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        *fields[i] = control_reply_number(&values[i]);
    }
    live->store_fails = values[6].kind == JSON_BOOLEAN && values[6].boolean;
    control_reply_text(&values[7], live->since, sizeof live->since);
    return true;
}

// Whether it can say ---------------------------------------------------------------------------------------

static bool read_version(struct control_reply *reply, struct status_live *live, struct error *error) {
    static const char *const names[] = {"version"};
    struct json_value version;
    if (!reply->ok) {
        return error_set(error, ERROR_NETWORK, "the server cannot say: %s", reply->message);
    }
    if (!control_reply_fields(reply, names, 1, &version, error)) {
        return false;
    }
    control_reply_text(&version, live->version, sizeof live->version);
    return true;
}

void status_live_ask(const struct control_call_options *options, const struct order_status *missing,
                     struct status_live *live) {
    char among[AMONG_BYTES] = "";
    const struct control_pair pairs[] = {{"among", among}};
    struct control_reply reply;
    struct error error;
    *live = (struct status_live){.is_there = false};
    write_among(missing, among);
    if (control_call_within(options, ANSWER_MS, "live", pairs, missing->missing_count > 0, &reply, &error)) {
        live->is_there = read_version(&reply, live, &error) && read_numbers(&reply, live, &error) &&
                         read_silence(&reply, live, &error);
        control_reply_free(&reply);
    }
    if (!live->is_there) {
        snprintf(live->trouble, sizeof live->trouble, "%s", error.text);
    }
}

double status_live_rate(const struct status_live *live, uint64_t seconds) {
    uint64_t bets = seconds == 10 ? live->bets_10s : live->bets_60s;
    uint64_t had = live->up_s < seconds ? live->up_s : seconds;
    return (double)bets / (double)(had > 0 ? had : 1);
}

#include "cli/top_heard.h"

#include "cli/control_connection.h"
#include "cli/status_heard.h"
#include "ledger/pulse.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    ANSWER_MS = 3000, // for a server that is well
    ROUNDS_MAX = 16,  // an answer has 2000 agencies at most
    // Beside the word, the keys and the draw's name, of which each byte may be an escape.
    AMONG_BYTES = CONTROL_LINE_BYTES_MAX - 64 - 3 * DRAW_NAME_BYTES_MAX,
    RANGE_BYTES = sizeof ",4294967295-4294967295\n"
};

static bool is_missing(const struct top_agency *agency) {
    return agency->state == TOP_WAITING || agency->state == TOP_SENDING || agency->state == TOP_SILENT;
}

// The agencies from *place on that are missing, as ranges. *place is then behind the last of them. False when
// there are none.
static bool write_among(const struct top_facts *facts, size_t *place, char text[AMONG_BYTES]) {
    size_t length = 0, i = *place;
    while (length + RANGE_BYTES < AMONG_BYTES) {
        while (i < facts->count && !is_missing(&facts->agencies[i])) {
            i++;
        }
        if (i == facts->count) {
            break;
        }
        uint32_t from = facts->agencies[i].agency, to = from;
        for (i++; i < facts->count && facts->agencies[i].agency == to + 1 && is_missing(&facts->agencies[i]);
             i++) {
            to++;
        }
        length += (size_t)snprintf(text + length, AMONG_BYTES - length, "%s%" PRIu32 "-%" PRIu32,
                                   length == 0 ? "" : ",", from, to);
    }
    *place = i;
    return length > 0;
}

static void take_answer(void *context, struct control_reply *reply, const struct error *no_answer) {
    (void)no_answer;
    if (reply != NULL && reply->ok) {
        status_heard_take(context, reply);
    }
}

static void set(const struct status_heard *heard, struct top_facts *facts) {
    for (size_t i = 0; i < facts->count; i++) {
        struct top_agency *agency = &facts->agencies[i];
        bool is_known = is_missing(agency) && agency->agency <= heard->until;
        uint32_t silent_s = is_known ? status_heard_of(heard, agency->agency) : PULSE_NEVER;
        agency->silent_s = silent_s == PULSE_NEVER ? TOP_NEVER : silent_s;
    }
}

// An answer that had no room for all is followed by a question about the rest.
static size_t place_behind(const struct top_facts *facts, size_t place, uint32_t until) {
    while (place > 0 && facts->agencies[place - 1].agency > until) {
        place--;
    }
    return place;
}

void top_heard_ask(const struct control_call_options *options, struct top_facts *facts) {
    char among[AMONG_BYTES];
    const struct control_pair pairs[] = {{"among", among}, {"heard", "1"}};
    struct status_heard heard = {.all = NULL};
    struct error ignored;
    size_t place = 0, begun;
    bool answered = facts->live.is_there;
    for (int round = 0; answered && round < ROUNDS_MAX; round++) {
        begun = place;
        heard.until = UINT32_MAX;
        if (!write_among(facts, &place, among)) {
            break;
        }
        answered = control_call_each(options, ANSWER_MS, "live", pairs, 2, take_answer, &heard, &ignored);
        place = place_behind(facts, place, heard.until);
        answered = answered && place > begun;
    }
    heard.until = place == 0 ? 0 : facts->agencies[place - 1].agency;
    status_heard_settle(&heard);
    if (facts->live.is_there) {
        set(&heard, facts);
    }
    status_heard_free(&heard);
}

#include "cli/status_json.h"

#include "cli/status_night_json.h"
#include "cli/store_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_drawn(const struct status *status, const char *name, uint64_t number) {
    if (status_is_drawn(status)) {
        printf("\"%s\":%" PRIu64, name, number);
    } else {
        printf("\"%s\":null", name);
    }
}

struct listing {
    struct status *status;
    bool has_one; // whether a comma is due
};

static void print_ending(const struct stored_agency *agency) {
    const char *ending = agency_ending_name(agency->ending), *quote = ending[0] == '\0' ? "" : "\"";
    printf(",\"ending\":%s%s%s,\"voidings\":%" PRIu32 "}", quote, ending[0] == '\0' ? "null" : ending, quote,
           agency->voidings);
}

static bool print_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct listing *listing = context;
    struct status *status = listing->status;
    (void)error;
    printf("%s{\"agency\":%" PRIu32 ",\"bets\":%" PRIu64 ",\"finished\":%s,", listing->has_one ? "," : "",
           agency->agency, agency->bets, agency->finished_at[0] != '\0' ? "true" : "false");
    store_json_time("finished_at", agency->finished_at);
    printf(",\"told\":%s,", agency->told_at[0] != '\0' ? "true" : "false");
    store_json_time("told_at", agency->told_at);
    putchar(',');
    print_drawn(status, "winners", status_take_winners(status, agency->agency));
    print_ending(agency);
    listing->has_one = true;
    return true;
}

// Behind the fields before it.
static bool print_night(const struct status *status, struct error *error) {
    struct json_writer writer = {0};
    json_begin(&writer, NULL);
    status_night_json_put(status, &writer);
    bool done = !writer.failed || error_set(error, ERROR_NO_MEMORY, "no memory for the status");
    if (done) {
        printf(",%.*s", (int)writer.length - 1, writer.text + 1); // without its brace
    }
    free(writer.text);
    return done;
}

bool status_json_print(struct status *status, struct error *error) {
    const struct stored_draw *draw = &status->draw;
    putchar('{');
    store_json_text("draw", status->draw_name);
    printf(",\"state\":\"%s\",\"agencies\":%" PRIu32 ",\"finished\":%" PRIu64 ",\"bets\":%" PRIu64 ",",
           draw_state_name(draw->state), draw->agencies, status->totals.finished, status->totals.bets);
    print_drawn(status, "winning_number", draw->winning_number);
    putchar(',');
    store_json_time("opened_at", draw->opened_at);
    putchar(',');
    store_json_time("sealed_at", draw->sealed_at);
    putchar(',');
    store_json_time("drawn_at", draw->drawn_at);
    putchar(',');
    print_drawn(status, "winners", status->totals.winners);
    if (!print_night(status, error)) {
        return false;
    }
    if (status->store == NULL) {
        printf(",\"by_agency\":null}\n");
        return true;
    }
    printf(",\"by_agency\":[");
    struct listing listing = {.status = status};
    if (!store_agencies(status->store, print_agency, &listing, error)) {
        return false; // the JSON is cut off and does not parse, so nobody takes it for the whole
    }
    printf("]}\n");
    return true;
}

#include "cli/status_json.h"

#include "bet/limits.h"
#include "wire/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_text(const char *name, const char *text) {
    char json[6 * DRAW_NAME_BYTES_MAX + 2]; // every byte escaped, and two quotes
    size_t length = (size_t)(json_text_write(json, text, strnlen(text, DRAW_NAME_BYTES_MAX)) - json);
    printf("\"%s\":%.*s", name, (int)length, json);
}

static void print_time(const char *name, const char *time) {
    if (time[0] == '\0') {
        printf("\"%s\":null", name);
    } else {
        print_text(name, time);
    }
}

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

static bool print_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct listing *listing = context;
    struct status *status = listing->status;
    (void)error;
    printf("%s{\"agency\":%" PRIu32 ",\"bets\":%" PRIu64 ",\"finished\":%s,", listing->has_one ? "," : "",
           agency->agency, agency->bets, agency->finished_at[0] != '\0' ? "true" : "false");
    print_time("finished_at", agency->finished_at);
    printf(",\"told\":%s,", agency->told_at[0] != '\0' ? "true" : "false");
    print_time("told_at", agency->told_at);
    putchar(',');
    print_drawn(status, "winners", status_take_winners(status, agency->agency));
    putchar('}');
    listing->has_one = true;
    return true;
}

bool status_json_print(struct status *status, struct error *error) {
    const struct stored_draw *draw = &status->draw;
    putchar('{');
    print_text("draw", status->draw_name);
    printf(",\"state\":\"%s\",\"agencies\":%" PRIu32 ",\"finished\":%" PRIu64 ",\"bets\":%" PRIu64 ",",
           draw_state_name(draw->state), draw->agencies, status->totals.finished, status->totals.bets);
    print_drawn(status, "winning_number", draw->winning_number);
    putchar(',');
    print_time("opened_at", draw->opened_at);
    putchar(',');
    print_time("sealed_at", draw->sealed_at);
    putchar(',');
    print_time("drawn_at", draw->drawn_at);
    putchar(',');
    print_drawn(status, "winners", status->totals.winners);
    printf(",\"by_agency\":[");
    struct listing listing = {.status = status};
    if (!store_agencies(status->store, print_agency, &listing, error)) {
        return false; // the JSON is cut off and does not parse, so nobody takes it for the whole
    }
    printf("]}\n");
    return true;
}

#include "cli/status_table.h"

#include "cli/shown_name.h"
#include "cli/status_night.h"

#include <inttypes.h>
#include <stdio.h>

static void print_time(const char *what, const char *time) {
    if (time[0] != '\0') {
        printf("  %-15s %s\n", what, time);
    }
}

static void print_draw(const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    printf("Draw %s: %s\n", shown_name(status->draw_name).text, draw_state_name(draw->state));
    printf("  %-15s %" PRIu64 " of %" PRIu32 " finished\n", "agencies", status->totals.finished,
           draw->agencies);
    printf("  %-15s %" PRIu64 "%s%s\n", "bets", status->totals.bets,
           status->counted_at[0] == '\0' ? "" : ", with those counted at ", status->counted_at);
    print_time("opened", draw->opened_at);
    print_time("sealed", draw->sealed_at);
    print_time("drawn", draw->drawn_at);
    if (status_is_drawn(status)) {
        printf("  %-15s %04u\n", "winning number", draw->winning_number);
        printf("  %-15s %" PRIu64 "\n", "winners", status->totals.winners);
    }
}

static const char *agency_state(const struct stored_agency *agency) {
    if (agency->finished_at[0] == '\0') {
        return "sending";
    }
    return agency->told_at[0] != '\0'       ? "told"
           : agency->ending == AGENCY_CUT   ? "cut off"
           : agency->ending == AGENCY_ENDED ? "ended"
                                            : "finished";
}

// The agencies beyond the table's end are only counted.
struct rows {
    struct status *status;
    uint64_t count;
};

static bool print_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct rows *rows = context;
    struct status *status = rows->status;
    (void)error;
    status_note_silent(status, agency);
    if (rows->count++ >= status->rows_max) {
        return true;
    }
    printf("%8" PRIu32 "  %12" PRIu64 "  %-8s", agency->agency, agency->bets, agency_state(agency));
    if (status_is_drawn(status)) {
        printf("  %7" PRIu64, status_take_winners(status, agency->agency));
    }
    putchar('\n');
    return true;
}

bool status_table_print(struct status *status, struct error *error) {
    print_draw(status);
    if (status->totals.agencies > 0) {
        printf("\n%8s  %12s  %-8s%s\n", "agency", "bets", "state",
               status_is_drawn(status) ? "  winners" : "");
    }
    struct rows rows = {.status = status};
    if (status->store != NULL && !store_agencies(status->store, print_agency, &rows, error)) {
        return false;
    }
    if (rows.count > status->rows_max) {
        printf("%8s  and %" PRIu64 " more agencies: --json has all of them\n", "",
               rows.count - status->rows_max);
    }
    if (status->store != NULL && status->totals.agencies < status->draw.agencies) {
        uint64_t silent = status->draw.agencies - status->totals.agencies;
        printf("\n%" PRIu64 " %s sent nothing yet\n", silent, silent == 1 ? "agency has" : "agencies have");
    }
    status_night_print(status);
    return true;
}

// `quiniela status`: the state of the draw, and of each agency, as a table for people or as JSON for programs.
#include "cli/cli.h"

#include "base/settings.h"
#include "cli/settings_table.h"
#include "store/store.h"
#include "wire/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    struct stored_agency agency;
    uint64_t winners;
};

struct status {
    struct stored_draw draw;
    struct row *rows; // by agency
    size_t count, capacity;
    uint64_t bets, winners, finished;
};

static bool add_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct status *status = context;
    if (status->count == status->capacity) {
        size_t capacity = status->capacity * 2 + 16;
        struct row *larger = realloc(status->rows, capacity * sizeof *larger);
        if (larger == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %zu agencies", capacity);
        }
        status->rows = larger;
        status->capacity = capacity;
    }
    status->rows[status->count++] = (struct row){.agency = *agency};
    status->bets += agency->bets;
    status->finished += agency->finished_at[0] != '\0';
    return true;
}

// Winners come by agency, as the rows stand.
static bool add_winner(void *context, const struct stored_winner *winner, struct error *error) {
    (void)error;
    struct status *status = context;
    size_t low = 0, high = status->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (status->rows[middle].agency.agency < winner->agency) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < status->count && status->rows[low].agency.agency == winner->agency) {
        status->rows[low].winners++;
    }
    status->winners++;
    return true;
}

static bool read_status(const struct settings *settings, struct status *status, struct error *error) {
    const char *path = settings_text(settings, "STORE"), *name = settings_text(settings, "DRAW");
    struct store *store;
    if (!store_open(path, name, STORE_READ, &store, error)) {
        return false;
    }
    bool found;
    bool read = store_get_draw(store, &status->draw, &found, error);
    if (read && !found) {
        read = error_set(error, ERROR_STORE_FAILED, "%s: has no draw \"%s\"", path, name);
    }
    read = read && store_agencies(store, add_agency, status, error) &&
           store_winners(store, add_winner, status, error);
    store_close(&store);
    return read;
}

static const char *state_of(const struct stored_agency *agency) {
    return agency->told_at[0] != '\0' ? "told" : agency->finished_at[0] != '\0' ? "finished" : "sending";
}

// A time, or a dash where there is none yet.
static const char *or_dash(const char *time) {
    return time[0] == '\0' ? "-" : time;
}

static void print_table(const char *name, const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    bool drawn = draw->state == DRAW_DRAWN;
    printf("draw      %s\nstate     %s\n", name, draw_state_name(draw->state));
    printf("agencies  %" PRIu64 " of %" PRIu32 " finished\nbets      %" PRIu64 "\n", status->finished, draw->agencies,
           status->bets);
    printf("opened    %s\nsealed    %s\ndrawn     %s\n", or_dash(draw->opened_at), or_dash(draw->sealed_at),
           or_dash(draw->drawn_at));
    if (drawn) {
        printf("number    %04u\nwinners   %" PRIu64 "\n", draw->winning_number, status->winners);
    }
    if (status->count > 0) {
        printf("\n%8s  %12s  %-8s  %8s\n", "agency", "bets", "state", "winners");
    }
    for (size_t i = 0; i < status->count; i++) {
        const struct row *row = &status->rows[i];
        char winners[24] = "-";
        if (drawn) {
            snprintf(winners, sizeof winners, "%" PRIu64, row->winners);
        }
        printf("%8" PRIu32 "  %12" PRIu64 "  %-8s  %8s\n", row->agency.agency, row->agency.bets,
               state_of(&row->agency), winners);
    }
    if (status->count < draw->agencies) {
        uint64_t silent = draw->agencies - status->count;
        printf("\n%" PRIu64 " %s sent nothing yet\n", silent, silent == 1 ? "agency has" : "agencies have");
    }
}

static void print_json_time(const char *key, const char *time) {
    if (time[0] == '\0') {
        printf("\"%s\":null", key);
    } else {
        printf("\"%s\":\"%s\"", key, time);
    }
}

static void print_json_agency(const struct row *row, bool drawn) {
    printf("{\"agency\":%" PRIu32 ",\"bets\":%" PRIu64 ",\"finished\":%s,", row->agency.agency, row->agency.bets,
           row->agency.finished_at[0] != '\0' ? "true" : "false");
    print_json_time("finished_at", row->agency.finished_at);
    printf(",\"told\":%s,", row->agency.told_at[0] != '\0' ? "true" : "false");
    print_json_time("told_at", row->agency.told_at);
    if (drawn) {
        printf(",\"winners\":%" PRIu64 "}", row->winners);
    } else {
        printf(",\"winners\":null}");
    }
}

static void print_json(const char *name, const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    bool drawn = draw->state == DRAW_DRAWN;
    char quoted[6 * 64 + 3];
    *json_text_write(quoted, name, strlen(name)) = '\0';
    printf("{\"draw\":%s,\"state\":\"%s\",\"agencies\":%" PRIu32 ",\"finished\":%" PRIu64 ",\"bets\":%" PRIu64 ",",
           quoted, draw_state_name(draw->state), draw->agencies, status->finished, status->bets);
    if (drawn) {
        printf("\"winning_number\":%u,\"winners\":%" PRIu64 ",", draw->winning_number, status->winners);
    } else {
        printf("\"winning_number\":null,\"winners\":null,");
    }
    print_json_time("opened_at", draw->opened_at);
    putchar(',');
    print_json_time("sealed_at", draw->sealed_at);
    putchar(',');
    print_json_time("drawn_at", draw->drawn_at);
    printf(",\"by_agency\":[");
    for (size_t i = 0; i < status->count; i++) {
        if (i > 0) {
            putchar(',');
        }
        print_json_agency(&status->rows[i], drawn);
    }
    printf("]}\n");
}

int cli_status(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    enum settings_outcome outcome = settings_load(&status_command, argc, argv, &settings, &error);
    if (outcome == SETTINGS_DONE) {
        return EXIT_DONE;
    }
    if (outcome == SETTINGS_WRONG) {
        fprintf(stderr, "quiniela status: %s\n", error.text);
        return EXIT_WRONG_USE;
    }
    struct status status = {0};
    bool done = read_status(settings, &status, &error);
    if (!done) {
        fprintf(stderr, "quiniela status: %s\n", error.text);
    } else if (settings_switch(settings, "JSON")) {
        print_json(settings_text(settings, "DRAW"), &status);
    } else {
        print_table(settings_text(settings, "DRAW"), &status);
    }
    free(status.rows);
    settings_free(settings);
    return done && fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

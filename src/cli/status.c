// `quiniela status`: shows a draw and its agencies as they are stored, as a table or as JSON. It reads the
// agencies twice from one snapshot, once to count and once to print, and so needs no memory for them.
#include "cli/cli.h"

#include "bet/limits.h"
#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/store_options.h"
#include "store/store.h"
#include "wire/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct status_options {
    struct store_options store;
    bool json;
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct status_options, json, "JSON", HELP_JSON, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct status_options, store),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command status_command = {
    .name = "status",
    .summary = HELP_STATUS_SUMMARY,
    .details = HELP_WHILE_A_SERVER_RUNS,
    .groups = groups,
};

struct winner_count {
    uint32_t agency;
    uint64_t winners;
};

struct totals {
    uint64_t agencies; // that have a row
    uint64_t finished;
    uint64_t bets;
    uint64_t winners;
};

struct status {
    struct store *store;
    const char *draw_name;
    struct stored_draw draw;
    struct totals totals;
    struct winner_count *winners; // of the agencies that have any, by number
    size_t winners_count, winners_max;
    size_t next_winner;  // the first of them not yet printed
    bool printed_agency; // JSON: whether a comma is due
};

static bool is_drawn(const struct status *status) {
    return status->draw.state == DRAW_DRAWN;
}

// Reading -------------------------------------------------------------------------------------------------

static bool count_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct totals *totals = context;
    (void)error;
    totals->agencies++;
    totals->bets += agency->bets;
    totals->finished += agency->finished_at[0] != '\0';
    return true;
}

static bool make_room(struct status *status, struct error *error) {
    if (status->winners_count < status->winners_max) {
        return true;
    }
    size_t room = status->winners_max == 0 ? 64 : 2 * status->winners_max;
    struct winner_count *winners = reallocarray(status->winners, room, sizeof *winners);
    if (winners == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the winners");
    }
    status->winners = winners;
    status->winners_max = room;
    return true;
}

static bool count_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct status *status = context;
    if (status->winners_count == 0 || status->winners[status->winners_count - 1].agency != winner->agency) {
        if (!make_room(status, error)) {
            return false;
        }
        status->winners[status->winners_count++] = (struct winner_count){.agency = winner->agency};
    }
    status->winners[status->winners_count - 1].winners++;
    status->totals.winners++;
    return true;
}

static bool read_totals(struct status *status, struct error *error) {
    return store_agencies(status->store, count_agency, &status->totals, error) &&
           (!is_drawn(status) || store_winners(status->store, count_winner, status, error));
}

// How many winners an agency has. Call it once for each agency, in order.
static uint64_t take_winners(struct status *status, uint32_t agency) {
    while (status->next_winner < status->winners_count &&
           status->winners[status->next_winner].agency < agency) {
        status->next_winner++;
    }
    bool has_any =
        status->next_winner < status->winners_count && status->winners[status->next_winner].agency == agency;
    return has_any ? status->winners[status->next_winner].winners : 0;
}

// For people ----------------------------------------------------------------------------------------------

static void print_time(const char *what, const char *time) {
    if (time[0] != '\0') {
        printf("  %-15s %s\n", what, time);
    }
}

static void print_draw(const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    printf("Draw %s: %s\n", status->draw_name, draw_state_name(draw->state));
    printf("  %-15s %" PRIu64 " of %" PRIu32 " finished\n", "agencies", status->totals.finished,
           draw->agencies);
    printf("  %-15s %" PRIu64 "\n", "bets", status->totals.bets);
    print_time("opened", draw->opened_at);
    print_time("sealed", draw->sealed_at);
    print_time("drawn", draw->drawn_at);
    if (is_drawn(status)) {
        printf("  %-15s %u\n", "winning number", draw->winning_number);
        printf("  %-15s %" PRIu64 "\n", "winners", status->totals.winners);
    }
}

static const char *agency_state(const struct stored_agency *agency) {
    if (agency->finished_at[0] == '\0') {
        return "sending";
    }
    return agency->told_at[0] == '\0' ? "finished" : "told";
}

static bool print_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct status *status = context;
    (void)error;
    printf("%8" PRIu32 "  %12" PRIu64 "  %-8s", agency->agency, agency->bets, agency_state(agency));
    if (is_drawn(status)) {
        printf("  %7" PRIu64, take_winners(status, agency->agency));
    }
    putchar('\n');
    return true;
}

static bool print_table(struct status *status, struct error *error) {
    print_draw(status);
    if (status->totals.agencies > 0) {
        printf("\n%8s  %12s  %-8s%s\n", "agency", "bets", "state", is_drawn(status) ? "  winners" : "");
    }
    if (!store_agencies(status->store, print_agency, status, error)) {
        return false;
    }
    if (status->totals.agencies < status->draw.agencies) {
        uint64_t silent = status->draw.agencies - status->totals.agencies;
        printf("\n%" PRIu64 " %s sent nothing yet\n", silent, silent == 1 ? "agency has" : "agencies have");
    }
    return true;
}

// For programs --------------------------------------------------------------------------------------------

static void print_json_text(const char *name, const char *text) {
    char json[6 * DRAW_NAME_BYTES_MAX + 2]; // every byte escaped, and two quotes
    size_t length = (size_t)(json_text_write(json, text, strnlen(text, DRAW_NAME_BYTES_MAX)) - json);
    printf("\"%s\":%.*s", name, (int)length, json);
}

static void print_json_time(const char *name, const char *time) {
    if (time[0] == '\0') {
        printf("\"%s\":null", name);
    } else {
        print_json_text(name, time);
    }
}

static void print_json_drawn(const struct status *status, const char *name, uint64_t number) {
    if (is_drawn(status)) {
        printf("\"%s\":%" PRIu64, name, number);
    } else {
        printf("\"%s\":null", name);
    }
}

static bool print_json_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct status *status = context;
    (void)error;
    printf("%s{\"agency\":%" PRIu32 ",\"bets\":%" PRIu64 ",\"finished\":%s,",
           status->printed_agency ? "," : "", agency->agency, agency->bets,
           agency->finished_at[0] != '\0' ? "true" : "false");
    print_json_time("finished_at", agency->finished_at);
    printf(",\"told\":%s,", agency->told_at[0] != '\0' ? "true" : "false");
    print_json_time("told_at", agency->told_at);
    putchar(',');
    print_json_drawn(status, "winners", take_winners(status, agency->agency));
    putchar('}');
    status->printed_agency = true;
    return true;
}

static bool print_json(struct status *status, struct error *error) {
    const struct stored_draw *draw = &status->draw;
    putchar('{');
    print_json_text("draw", status->draw_name);
    printf(",\"state\":\"%s\",\"agencies\":%" PRIu32 ",\"finished\":%" PRIu64 ",\"bets\":%" PRIu64 ",",
           draw_state_name(draw->state), draw->agencies, status->totals.finished, status->totals.bets);
    print_json_drawn(status, "winning_number", draw->winning_number);
    putchar(',');
    print_json_time("opened_at", draw->opened_at);
    putchar(',');
    print_json_time("sealed_at", draw->sealed_at);
    putchar(',');
    print_json_time("drawn_at", draw->drawn_at);
    putchar(',');
    print_json_drawn(status, "winners", status->totals.winners);
    printf(",\"by_agency\":[");
    if (!store_agencies(status->store, print_json_agency, status, error)) {
        return false; // the JSON is cut off and does not parse, so nobody takes it for the whole
    }
    printf("]}\n");
    return true;
}

// The command ---------------------------------------------------------------------------------------------

static bool show(const struct status_options *options, struct error *error) {
    struct status status = {.draw_name = options->store.draw};
    if (!store_options_open_draw(&options->store, &status.store, &status.draw, error)) {
        return false;
    }
    bool done = read_totals(&status, error) &&
                (options->json ? print_json(&status, error) : print_table(&status, error));
    store_close(&status.store);
    free(status.winners);
    return done && command_flush_output(error);
}

int cli_status(const struct command_line *line) {
    struct status_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&status_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = show(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&status_command, &error);
}

// `quiniela draws`: lists the draws of a store, as a table or as JSON.
#include "cli/cli.h"

#include "bet/limits.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/shown_name.h"
#include "cli/status_reading.h"
#include "cli/store_json.h"
#include "cli/store_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct draws_options {
    struct config_options config;
    struct store_options store;
    bool json;
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct draws_options, json, "JSON", HELP_JSON, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct draws_options, store),
    CONFIG_GROUP_IN(struct draws_options, config),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command draws_command = {
    .name = "draws",
    .summary = HELP_DRAWS_SUMMARY,
    .details = HELP_DRAWS_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

// The draws ------------------------------------------------------------------------------------------------

struct listed {
    char name[DRAW_NAME_BYTES_MAX + 1];
    struct stored_draw draw;
};

struct list {
    struct listed *draws;
    size_t count, room;
};

static bool keep_draw(void *context, const char *name, const struct stored_draw *draw, struct error *error) {
    struct list *list = context;
    if (list->count == list->room) {
        size_t room = 2 * list->room + 16;
        struct listed *larger = reallocarray(list->draws, room, sizeof *larger);
        if (larger == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %zu draws", room);
        }
        list->draws = larger;
        list->room = room;
    }
    struct listed *listed = &list->draws[list->count++];
    *listed = (struct listed){.draw = *draw};
    snprintf(listed->name, sizeof listed->name, "%s", name);
    return true;
}

static bool list_draws(const struct store_options *options, struct list *list, struct error *error) {
    struct store *store;
    if (!store_open(options->address, options->draw, STORE_READ, &store, error)) {
        return false;
    }
    bool done = store_draws(store, keep_draw, list, error);
    store_close(&store);
    return done;
}

// Printing -------------------------------------------------------------------------------------------------

static const char *time_or_dash(const char *time) {
    return time[0] == '\0' ? "-" : time;
}

static const char *state_of(const struct stored_draw *draw) {
    return draw->erased_at[0] != '\0' ? "erased" : draw_state_name(draw->state);
}

static void print_row(const struct listed *listed, const struct status_totals *totals) {
    const struct stored_draw *draw = &listed->draw;
    char agencies[32], winners[24] = "-";
    snprintf(agencies, sizeof agencies, "%" PRIu64 " of %" PRIu32, totals->finished, draw->agencies);
    if (draw->state == DRAW_DRAWN) {
        snprintf(winners, sizeof winners, "%" PRIu64, totals->winners);
    }
    printf("%-16s  %-6s  %-20s  %-20s  %-20s  %15s  %12" PRIu64 "  %9s\n", shown_name(listed->name).text,
           state_of(draw), draw->opened_at, time_or_dash(draw->sealed_at), time_or_dash(draw->drawn_at),
           agencies, totals->bets, winners);
}

static void print_times(const struct stored_draw *draw) {
    static const char *const names[] = {"opened_at", "closes_at", "closed_at",
                                        "sealed_at", "drawn_at",  "erased_at"};
    const char *const times[] = {draw->opened_at, draw->closes_at, draw->closed_at,
                                 draw->sealed_at, draw->drawn_at,  draw->erased_at};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        store_json_time(names[i], times[i]);
        putchar(',');
    }
}

static void print_json(const struct listed *listed, const struct status_totals *totals) {
    const struct stored_draw *draw = &listed->draw;
    putchar('{');
    store_json_text("draw", listed->name);
    printf(",\"state\":\"%s\",", draw_state_name(draw->state));
    print_times(draw);
    printf("\"agencies\":%" PRIu32 ",\"finished\":%" PRIu64 ",\"bets\":%" PRIu64 ",\"voided\":%" PRIu64
           ",\"winners\":",
           draw->agencies, totals->finished, totals->bets, draw->voided);
    if (draw->state == DRAW_DRAWN) {
        printf("%" PRIu64 "}", totals->winners);
    } else {
        printf("null}");
    }
}

static bool print_draw(const struct draws_options *options, const struct listed *listed,
                       struct error *error) {
    struct status status = {.draw_name = listed->name, .draw = listed->draw};
    if (!store_open(options->store.address, listed->name, STORE_READ, &status.store, error)) {
        return false;
    }
    bool done = status_count(&status, error);
    store_close(&status.store);
    status_free(&status);
    if (done) {
        (options->json ? print_json : print_row)(listed, &status.totals);
    }
    return done;
}

static bool print_all(const struct draws_options *options, const struct list *list, struct error *error) {
    if (options->json) {
        putchar('[');
    } else {
        printf("%-16s  %-6s  %-20s  %-20s  %-20s  %15s  %12s  %9s\n", "draw", "state", "opened", "sealed",
               "drawn", "finished", "bets", "winners");
    }
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0 && options->json) {
            putchar(',');
        }
        if (!print_draw(options, &list->draws[i], error)) {
            return false;
        }
    }
    if (options->json) {
        printf("]\n");
    }
    return command_flush_output(error);
}

int cli_draws(const struct command_line *line) {
    struct draws_options options;
    struct settings *settings;
    struct error error;
    struct list list = {0};
    int status;
    if (!command_begin(&draws_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = list_draws(&options.store, &list, &error) && print_all(&options, &list, &error);
    free(list.draws);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&draws_command, &error);
}

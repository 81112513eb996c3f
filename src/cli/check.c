// `quiniela check`: reads a whole draw and the files of its store, and reports what is damaged and how much
// is good.
#include "cli/cli.h"

#include "bet/errors.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/shown_name.h"
#include "cli/store_options.h"
#include "ledger/check.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>

struct check_options {
    struct config_options config;
    struct store_options store;
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct check_options, store),
    CONFIG_GROUP_IN(struct check_options, config),
    {.settings = NULL},
};

const struct settings_command check_command = {
    .name = "check",
    .summary = HELP_CHECK_SUMMARY,
    .details = HELP_CHECK_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

static void print_damage(void *context, const char *damage) {
    const char *const *draw_name = context;
    printf("draw %s: damaged: %s\n", shown_name(*draw_name).text, damage);
}

static void print_result(const char *draw_name, const struct check_result *result) {
    if (result->forked_at[0] != '\0') {
        printf(
            "draw %s: forked: another seal of it was seen at %s: find out who signed two, and hold another "
            "draw\n",
            shown_name(draw_name).text, result->forked_at);
    }
    printf("draw %s: good: %" PRIu64 " chunks with %" PRIu64 " bets | ", shown_name(draw_name).text,
           result->chunks, result->bets);
    if (result->voided > 0) {
        printf("voided: %" PRIu64 " | ", result->voided);
    }
    printf("winners: %" PRIu64 " | damages: %" PRIu64 "\n", result->winners, result->damages);
}

static bool check(const struct check_options *options, struct error *error) {
    const char *path = options->store.address;
    const char *draw_name = options->store.draw;
    struct store *store;
    struct check_result result;
    if (!store_open(path, draw_name, STORE_READ, &store, error)) {
        return false;
    }
    struct check_watch watch = {.on_damage = print_damage, .context = &draw_name};
    bool done = check_draw(store, &watch, &result, error);
    store_close(&store);
    if (!done) {
        return false;
    }
    print_result(draw_name, &result);
    if (!command_flush_output(error)) {
        return false;
    }
    char shown[STORE_ADDRESS_BYTES];
    store_show_address(path, shown);
    return result.damages == 0 ||
           error_set(error, ERROR_STORE_FAILED, "%.150s: it is damaged; keep it, and restore it from a copy",
                     shown);
}

int cli_check(const struct command_line *line) {
    struct check_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&check_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = check(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&check_command, &error);
}

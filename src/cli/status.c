// `quiniela status`: shows a draw and its agencies as they are stored, as a table or as JSON. It reads the
// agencies twice from one snapshot, once to count and once to print, and so needs no memory for them.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/status_json.h"
#include "cli/status_reading.h"
#include "cli/status_table.h"
#include "cli/store_options.h"

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

static bool show(const struct status_options *options, struct error *error) {
    struct status status = {.draw_name = options->store.draw};
    if (!store_options_open_draw(&options->store, &status.store, &status.draw, error)) {
        return false;
    }
    bool done = status_count(&status, error) &&
                (options->json ? status_json_print(&status, error) : status_table_print(&status, error));
    store_close(&status.store);
    status_free(&status);
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

// `quiniela status`: shows a draw and its agencies as they are stored, and what the running server knows
// beside that, as a table or as JSON. It reads the agencies twice from one snapshot, once to count and once
// to print, and so needs no memory for them; and it asks the server between the two, about those that are
// missing. So a server is never asked to read anything.
#include "cli/cli.h"

#include "cli/call_flags.h"
#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/status_gather.h"
#include "cli/status_json.h"
#include "cli/status_table.h"
#include "cli/status_watch.h"

// Agencies in the table; where it is shown again and again, those that a screen has room for.
enum { ROWS_MAX = 1000, ROWS_WATCHED_MAX = 20 };

struct status_options {
    struct control_call_options call;
    char flags[CALL_FLAGS_BYTES]; // with which orders reach the same draw
    bool json, watch;
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct status_options, json, "JSON", HELP_JSON, .flag_only = true),
    SETTING_SWITCH_IN(struct status_options, watch, "WATCH", HELP_STATUS_WATCH, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    CONTROL_CALL_GROUPS_IN(struct status_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command status_command = {
    .name = "status",
    .summary = HELP_STATUS_SUMMARY,
    .details = HELP_STATUS_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

static bool show(const void *context, struct error *error) {
    const struct status_options *options = context;
    struct status status = {.draw_name = options->call.store.draw,
                            .flags = options->flags,
                            .rows_max = options->watch ? ROWS_WATCHED_MAX : ROWS_MAX};
    bool done = status_gather(&options->call, &status, error);
    if (done) {
        done = options->json ? status_json_print(&status, error) : status_table_print(&status, error);
    }
    status_gather_end(&status);
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
    call_flags_write(&options.call, settings, options.flags);
    bool done = options.watch ? status_watch(show, &options, options.json, &error) : show(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&status_command, &error);
}

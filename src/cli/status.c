// `quiniela status`: shows a draw and its agencies as they are stored, and what the running server knows
// beside that, as a table or as JSON. It reads the agencies twice from one snapshot, once to count and once
// to print, and so needs no memory for them; and it asks the server between the two, about those that are
// missing. So a server is never asked to read anything.
#include "cli/cli.h"

#include "bet/errors.h"
#include "cli/call_flags.h"
#include "cli/command.h"
#include "cli/control_call.h"
#include "cli/help_texts.h"
#include "cli/status_ask.h"
#include "cli/status_away.h"
#include "cli/status_json.h"
#include "cli/status_reading.h"
#include "cli/status_table.h"
#include "cli/status_watch.h"
#include "store/address.h"

#include <stdio.h>
#include <time.h>

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

static void look_around(const struct status_options *options, struct status *status) {
    const char *address = options->call.store.address;
    char file[PATH_MAX];
    struct error ignored;
    status_ask(&options->call, &status->missing, &status->live);
    status->is_in_file = store_file(address, file, &ignored) && file[0] != '\0';
    status->has_backup = backup_note_read(address, &status->backup);
    status->now = time(NULL);
}

static bool read_store(const struct store_options *options, struct status *status, struct error *error) {
    if (!store_options_open_draw(options, &status->store, &status->draw, error)) {
        return false;
    }
    if ((status->draw.rules > 0 && !signed_status_read(status->store, &status->is_signed, error)) ||
        !status_count(status, error)) {
        store_close(&status->store);
        return false;
    }
    return true;
}

// A database that is away need not be so for the server, and that knows what it has last counted.
static bool ask_instead(const struct status_options *options, struct status *status,
                        const struct error *error) {
    if (error->code != ERROR_STORE_AWAY || !status_away_read(&options->call, status)) {
        return false;
    }
    snprintf(status->no_store, sizeof status->no_store, "%s", error->text);
    return true;
}

static bool show(const void *context, struct error *error) {
    const struct status_options *options = context;
    struct status status = {.draw_name = options->call.store.draw,
                            .flags = options->flags,
                            .rows_max = options->watch ? ROWS_WATCHED_MAX : ROWS_MAX};
    bool done = read_store(&options->call.store, &status, error) || ask_instead(options, &status, error);
    if (done) {
        look_around(options, &status);
        done = options->json ? status_json_print(&status, error) : status_table_print(&status, error);
    }
    if (status.store != NULL) {
        store_close(&status.store);
    }
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
    call_flags_write(&options.call, settings, options.flags);
    bool done = options.watch ? status_watch(show, &options, options.json, &error) : show(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&status_command, &error);
}

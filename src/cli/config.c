// `quiniela config`: whether a server or a client could start with these settings, and where each came from.
#include "cli/cli.h"

#include "base/log.h"
#include "cli/command.h"
#include "cli/config_checks.h"
#include "cli/help_texts.h"

#include <stdlib.h>
#include <string.h>

static const struct setting table[] = {{.key = NULL}};

static const struct setting_group groups[] = {{NULL, table, 0}, {.settings = NULL}};

const struct settings_command config_command = {
    .name = "config",
    .arguments = "[server|client] [OPTION ...]",
    .summary = HELP_CONFIG_SUMMARY,
    .details = HELP_CONFIG_DETAILS,
    .groups = groups,
};

// Each reads the settings as its command does. What keeps them from being read at all (a flag that there is
// not, a file that is none) is told as that command tells it.
static int check_server(const struct command_line *line, struct config_report *report) {
    struct server_options options;
    struct settings *settings;
    int status;
    if (!command_begin(&server_command, line, &options, &settings, &status)) {
        return config_report_end_early(report, status);
    }
    report->settings = options.settings = settings;
    if (options.number_mode != NUMBER_FIXED) { // where the two are set they are refused
        report->unused = (struct config_unused){
            "WINNING_NUMBER", options.number_mode == NUMBER_MANUAL ? "NUMBER is manual" : "NUMBER is beacon"};
    }
    config_report_print_values(report);
    config_checks_server(&options, report);
    status = config_report_end(report);
    settings_free(settings);
    return status;
}

static int check_client(const struct command_line *line, struct config_report *report) {
    struct client_options options;
    struct settings *settings;
    int status;
    if (!command_begin(&client_command, line, &options, &settings, &status)) {
        return config_report_end_early(report, status);
    }
    report->settings = options.settings = settings;
    config_report_print_values(report);
    config_checks_client(&options, report);
    status = config_report_end(report);
    settings_free(settings);
    return status;
}

int cli_config(const struct command_line *line) {
    const char *which = line->argc > 1 ? line->argv[1] : "";
    bool is_named = strcmp(which, "server") == 0 || strcmp(which, "client") == 0;
    struct command_line rest = *line;
    if (!is_named && which[0] != '\0' && (which[0] != '-' || strcmp(which, "--help") == 0)) {
        struct settings *settings;
        struct error error;
        int status;
        if (command_begin(&config_command, line, NULL, &settings, &status)) {
            settings_free(settings);
            error_set(&error, ERROR_BAD_SETTING, "%.40s: there are the settings of server and client", which);
            status = command_fail(&config_command, &error);
        }
        return status;
    }
    rest.argc -= is_named;
    rest.argv += is_named;
    log_set_level(LOG_LEVEL_CRITICAL); // what would be logged is reported here
    struct config_report *report = calloc(1, sizeof *report);
    if (report == NULL) {
        return EXIT_FAILED;
    }
    rest.problem = config_report_problem;
    rest.problem_context = report;
    int status = strcmp(which, "client") == 0 ? check_client(&rest, report) : check_server(&rest, report);
    free(report);
    return status;
}

// `quiniela drain` and `quiniela reload`: orders to a running server that need nothing but their word.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/control_call.h"
#include "cli/control_connection.h"
#include "cli/help_texts.h"

#include <inttypes.h>
#include <stdio.h>

struct ordering_options {
    struct control_call_options call;
    bool json;
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct ordering_options, json, "JSON", HELP_JSON_ANSWER, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    CONTROL_CALL_GROUPS_IN(struct ordering_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command drain_command = {
    .name = "drain",
    .summary = HELP_DRAIN_SUMMARY,
    .details = HELP_DRAIN_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

const struct settings_command reload_command = {
    .name = "reload",
    .summary = HELP_RELOAD_SUMMARY,
    .details = HELP_RELOAD_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

// Gives the order, whose word is the command's name, and has `show` say what came of it.
static int give(const struct settings_command *command, const struct command_line *line,
                bool (*show)(struct control_reply *reply, bool json, struct error *error)) {
    struct ordering_options options;
    struct settings *settings;
    struct control_reply reply;
    struct error error;
    int status;
    if (!command_begin(command, line, &options, &settings, &status)) {
        return status;
    }
    if (control_call_server(&options.call, command->name, &reply, &error)) {
        status = control_reply_report(command, &reply, options.json);
        bool shown = status != EXIT_DONE || show(&reply, options.json, &error);
        status = shown ? status : command_fail(command, &error);
        control_reply_free(&reply);
    } else {
        status = command_fail(command, &error);
    }
    settings_free(settings);
    return status;
}

static bool show_drain(struct control_reply *reply, bool json, struct error *error) {
    static const char *const names[] = {"connections"};
    struct json_value connections;
    if (!control_reply_fields(reply, names, 1, &connections, error)) {
        return false;
    }
    if (!json) {
        printf("draining: %" PRId64 " connections\n", connections.integer);
        (void)fflush(stdout);
    }
    if (!control_wait_for_end(reply->connection, CONTROL_ORDER_MS)) {
        return error_set(error, ERROR_NETWORK, "the server takes no new connection, and has not ended yet");
    }
    if (!json) {
        printf("the server has ended\n"
               "where a service manager holds its ports, the next connection starts it again\n");
    }
    return true;
}

static bool show_reload(struct control_reply *reply, bool json, struct error *error) {
    (void)reply, (void)error;
    if (!json) {
        printf("reloaded\n");
    }
    return true;
}

int cli_drain(const struct command_line *line) {
    return give(&drain_command, line, show_drain);
}

int cli_reload(const struct command_line *line) {
    return give(&reload_command, line, show_reload);
}

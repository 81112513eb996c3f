// `quiniela ping`: asks a server whether it is alive. For health checks: it needs neither a shell nor another
// program.
#include "cli/cli.h"

#include "agency/limits.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/help_texts.h"
#include "cli/server_options.h"
#include "link/ping.h"
#include "net/place.h"

#include <stdio.h>
#include <string.h>

struct ping_options {
    struct settings *settings; // where each value was set
    const char *config;
    const char *address; // or NULL: where the server's own settings say that it listens
    const char *ip;
    uint16_t port;
    const char *authority; // or NULL: plain text
    uint64_t timeout_ms;
};

static const struct setting general[] = {
    SETTING_TEXT_IN(struct ping_options, address, "ADDRESS", NULL, HELP_PING_ADDRESS, .flag_only = true),
    SETTING_DURATION_IN(struct ping_options, timeout_ms, "TIMEOUT", "2s", HELP_PING_TIMEOUT,
                        .flag_only = true),
    {.key = NULL},
};

static const struct setting of_the_server[] = {
    SETTING_CONFIG_IN(struct ping_options, config, "CONFIG", HELP_SERVER_CONFIG),
    SETTING_TEXT_IN(struct ping_options, ip, "SERVER_IP", NULL, HELP_PING_SERVER_IP),
    SETTING_NUMBER_IN(struct ping_options, port, "SERVER_PORT", "12345", 0, UINT16_MAX,
                      HELP_PING_SERVER_PORT),
    SETTING_TEXT_IN(struct ping_options, authority, "TLS_CA", NULL, HELP_TLS_CA),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    {"General", general, 0},
    {"The server's own settings", of_the_server, 0},
    {.settings = NULL},
};

const struct settings_command ping_command = {
    .name = "ping",
    .summary = HELP_PING_SUMMARY,
    .details = HELP_PING_DETAILS,
    .groups = groups,
    .format = SETTINGS_INI,
    .file_of = &server_command,
};

// Where the server's own settings say that it listens, as seen from this machine. If SERVER_IP is a name, or
// not set, the server also listens on loopback, whatever the name resolves to now.
static bool own_address(const struct ping_options *options, struct address *address, struct error *error) {
    struct error reason;
    struct place place;
    char host[PLACE_TEXT_BYTES] = "127.0.0.1", text[ADDRESS_BYTES_MAX];
    if (!place_parse(options->ip, &place, &reason)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(options->settings, &options->ip),
                         reason.text);
    }
    if (place.kind == PLACE_ADDRESSES && !place_is_unspecified(&place.addresses[0])) {
        place_show_address(&place.addresses[0], host);
    }
    snprintf(text, sizeof text, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host,
             settings_written(options->settings, &options->port));
    return address_parse(text, address, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(options->settings, &options->port),
                     reason.text);
}

static bool given_address(const char *text, struct address *address, struct error *error) {
    struct error reason;
    return address_parse(text, address, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "--address: %s", reason.text);
}

static bool ask(const struct ping_options *options, struct error *error) {
    struct address address;
    struct error reason;
    const char *text = options->address;
    const void *const own[] = {&options->ip, &options->port};
    if (text != NULL &&
        !conflicts_check_unused(options->settings, own, 2, "--address says where the server is", error)) {
        return false;
    }
    if (!(text == NULL ? own_address(options, &address, error) : given_address(text, &address, error))) {
        return false;
    }
    struct tls_context *tls = NULL;
    struct tls_options trust = {.authority = options->authority};
    if (trust.authority != NULL && !tls_context_new(TLS_CLIENT, &trust, &tls, error)) {
        return false;
    }
    bool alive = ping(&address, tls, options->timeout_ms, &reason);
    tls_context_release(tls);
    if (!alive) {
        return error_set(error, ERROR_NETWORK, "%.150s: %s", address.text, reason.text);
    }
    printf("%s: alive\n", address.text);
    return true;
}

int cli_ping(const struct command_line *line) {
    struct ping_options options;
    struct error error;
    int status;
    if (!command_begin(&ping_command, line, &options, &options.settings, &status)) {
        return status;
    }
    bool alive = ask(&options, &error);
    settings_free(options.settings);
    return alive ? EXIT_DONE : command_fail(&ping_command, &error);
}

// `quiniela ping`: asks a server whether it is alive. For health checks: it needs no shell and no other
// program.
#include "cli/cli.h"

#include "agency/limits.h"
#include "agency/ping.h"
#include "base/settings.h"
#include "cli/command.h"
#include "cli/settings_table.h"
#include "cli/tls_settings.h"
#include "net/place.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Where the server's own settings say that it listens, as seen from this machine. Where SERVER_IP is a name,
// or nothing, it listens on loopback, too, whatever the name means now.
static bool own_address(const struct settings *settings, struct address *address, struct error *error) {
    struct error reason;
    struct place place;
    char host[PLACE_TEXT_BYTES] = "127.0.0.1", text[ADDRESS_BYTES_MAX];
    if (!place_parse(settings_text(settings, "SERVER_IP"), &place, &reason)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, "SERVER_IP"),
                         reason.text);
    }
    if (place.kind == PLACE_ADDRESSES && !place_is_unspecified(&place.addresses[0])) {
        place_show_address(&place.addresses[0], host);
    }
    snprintf(text, sizeof text, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host,
             settings_text(settings, "SERVER_PORT"));
    return address_parse(text, address, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, "SERVER_PORT"),
                     reason.text);
}

static bool given_address(const char *text, struct address *address, struct error *error) {
    struct error reason;
    return address_parse(text, address, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "--address: %s", reason.text);
}

static bool ask(const struct settings *settings, struct error *error) {
    struct address address;
    struct error reason;
    const char *text = settings_text(settings, "ADDRESS");
    if (!(text == NULL ? own_address(settings, &address, error) : given_address(text, &address, error))) {
        return false;
    }
    struct tls_context *tls = NULL;
    if (!tls_settings_authority(settings, &tls, error)) {
        return false;
    }
    bool alive = ping(&address, tls, (uint64_t)settings_duration_ms(settings, "TIMEOUT"), &reason);
    tls_context_release(tls);
    if (!alive) {
        return error_set(error, ERROR_NETWORK, "%.150s: %s", address.text, reason.text);
    }
    printf("%s: alive\n", address.text);
    return true;
}

int cli_ping(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&ping_command, argc, argv, &settings, &status)) {
        return status;
    }
    bool alive = ask(settings, &error);
    settings_free(settings);
    return alive ? EXIT_DONE : command_fail(&ping_command, &error);
}

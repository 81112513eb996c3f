// `quiniela ping`: asks a server whether it is alive. For health checks: it needs no shell and no other
// program.
#include "cli/cli.h"

#include "agency/link.h"
#include "agency/ping.h"
#include "base/settings.h"
#include "cli/command.h"
#include "cli/settings_table.h"
#include "cli/tls_settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

// Where the server's own settings say that it listens, as seen from this machine.
static bool own_address(const struct settings *settings, struct address *address, struct error *error) {
    const char *ip = settings_text(settings, "SERVER_IP");
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    bool is_v4 = ip != NULL && uv_ip4_addr(ip, 0, &v4) == 0 && strcmp(ip, "0.0.0.0") != 0;
    bool is_v6 = ip != NULL && uv_ip6_addr(ip, 0, &v6) == 0 && strcmp(ip, "::") != 0;
    char text[ADDRESS_BYTES_MAX];
    snprintf(text, sizeof text, is_v6 ? "[%s]:%s" : "%s:%s", is_v4 || is_v6 ? ip : "127.0.0.1",
             settings_text(settings, "SERVER_PORT"));
    return address_parse(text, address, error);
}

static bool ask(const struct settings *settings, struct error *error) {
    struct address address;
    struct error reason;
    const char *text = settings_text(settings, "ADDRESS");
    if (!(text == NULL ? own_address(settings, &address, &reason) : address_parse(text, &address, &reason))) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s", text == NULL ? "SERVER_PORT" : "--address",
                         reason.text);
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
    status = alive ? EXIT_DONE : command_fail(&ping_command, &error);
    link_leave(status);
    return status;
}

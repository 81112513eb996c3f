// `quiniela ping`: asks a server whether it is alive. For health checks: it needs no shell and no other
// program.
#include "cli/cli.h"

#include "agency/link.h"
#include "agency/ping.h"
#include "base/settings.h"
#include "cli/settings_table.h"

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

int cli_ping(int argc, char **argv) {
    struct settings *settings;
    struct address address;
    struct error error;
    enum settings_outcome outcome = settings_load(&ping_command, argc, argv, &settings, &error);
    if (outcome == SETTINGS_DONE) {
        return EXIT_DONE;
    }
    int status = EXIT_WRONG_USE;
    if (outcome == SETTINGS_READY) {
        const char *text = settings_text(settings, "ADDRESS");
        if (text == NULL ? own_address(settings, &address, &error) : address_parse(text, &address, &error)) {
            bool alive = ping(&address, (uint64_t)settings_duration_ms(settings, "TIMEOUT"), &error);
            status = alive ? EXIT_DONE : EXIT_FAILED;
        }
    }
    if (status == EXIT_DONE) {
        printf("%s: alive\n", address.text);
    } else if (status == EXIT_FAILED) {
        fprintf(stderr, "quiniela ping: %s: %s\n", address.text, error.text);
    } else {
        fprintf(stderr, "quiniela ping: %s\n", error.text);
    }
    settings_free(settings);
    link_leave(status);
    return status;
}

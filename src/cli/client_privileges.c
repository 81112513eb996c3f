#include "cli/client_privileges.h"

#include "cli/kept_paths.h"
#include "confine/confine.h"

#include <stdlib.h>
#include <string.h>

enum { PORTS_MAX = 2 * ADDRESSES_MAX }; // of both lists

static void add_ports(const struct addresses *addresses, uint16_t *ports, size_t *count) {
    for (uint32_t i = 0; i < addresses->count && *count < PORTS_MAX; i++) {
        ports[(*count)++] =
            (uint16_t)strtoul(addresses->list[i].port, NULL, 10); // which address_parse has checked
    }
}

bool client_privileges_give_up(const struct settings *settings, const struct addresses *bets,
                               const struct addresses *consult, struct error *error) {
    static const char *const certificates[] = {"CLI_TLS_CERT", "CLI_TLS_KEY", "CLI_TLS_CA", "CLI_TLS_CRL"};
    bool sandbox = strcmp(settings_text(settings, "CLI_SANDBOX"), "on") == 0;
    struct kept_paths paths = {0};
    uint16_t ports[PORTS_MAX];
    size_t port_count = 0;
    if (!sandbox) {
        return true;
    }
    kept_paths_add_renewed(&paths, settings, certificates, sizeof certificates / sizeof *certificates);
    kept_paths_add(&paths, settings_text(settings, "CLI_DATA_DIR"), false);
    add_ports(bets, ports, &port_count);
    if (consult != NULL) {
        add_ports(consult, ports, &port_count);
    }
    struct confine_options options = {
        .readable = (const char *const *)paths.readable,
        .readable_count = paths.readable_count,
        .connects = true,
        .ports = ports,
        .port_count = port_count,
        .forgiving = true, // the resolver's modules are of many machines
        .landlock = true,
        .seccomp = true,
    };
    struct confine_report report = {0};
    bool confined = paths.failed ? error_set(error, ERROR_NO_MEMORY, "no memory for the paths")
                                 : confine(&options, &report, error);
    kept_paths_free(&paths);
    return confined;
}

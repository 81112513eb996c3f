#include "cli/client_privileges.h"

#include "cli/client_promises.h"
#include "cli/kept_paths.h"
#include "confine/confine.h"

#include <stdlib.h>

enum { PORTS_MAX = 2 * ADDRESSES_MAX }; // of both lists

static void add_ports(const struct addresses *addresses, uint16_t *ports, size_t *count) {
    for (uint32_t i = 0; i < addresses->count && *count < PORTS_MAX; i++) {
        ports[(*count)++] =
            (uint16_t)strtoul(addresses->list[i].port, NULL, 10); // which address_parse has checked
    }
}

bool client_privileges_give_up(const struct client_options *options, const struct addresses *bets,
                               const struct addresses *consult, struct error *error) {
    const char *files[TLS_FILES];
    struct kept_paths paths = {0};
    uint16_t ports[PORTS_MAX];
    size_t port_count = 0;
    if (options->sandbox == SANDBOX_OFF) {
        return true;
    }
    tls_options_paths(&options->tls, files);
    kept_paths_add_renewed(&paths, files, TLS_FILES);
    kept_paths_add(&paths, options->data_dir, false);
    if (options->winners_file != NULL) {
        kept_paths_add_written(&paths, options->winners_file);
    }
    char receipts[PATH_MAX];
    client_promises_path(options, receipts);
    if (receipts[0] != '\0') {
        kept_paths_add_written(&paths, receipts);
    }
    add_ports(bets, ports, &port_count);
    if (consult != NULL) {
        add_ports(consult, ports, &port_count);
    }
    struct confine_options confinement = {
        .readable = (const char *const *)paths.readable,
        .readable_count = paths.readable_count,
        .writable = (const char *const *)paths.writable,
        .writable_count = paths.writable_count,
        .connects = true,
        .ports = ports,
        .port_count = port_count,
        .forgiving = true, // the resolver's modules differ from machine to machine
        .landlock = true,
        .seccomp = true,
    };
    struct confine_report report = {0};
    bool confined = paths.failed ? error_set(error, ERROR_NO_MEMORY, "no memory for the paths")
                                 : confine(&confinement, &report, error);
    kept_paths_free(&paths);
    return confined;
}

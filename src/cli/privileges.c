#include "cli/privileges.h"

#include "base/log.h"
#include "cli/foreign_keys.h"
#include "cli/kept_paths.h"
#include "confine/confine.h"
#include "confine/supervisor.h"
#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

enum { PORTS_TEXT_BYTES = 256 };

static void collect(const struct server_options *options, const struct privileges_kept *kept,
                    struct kept_paths *paths) {
    const char *files[TLS_FILES];
    if (kept->has_store) {
        store_paths(options->store.address, kept_paths_add, paths);
    }
    if (kept->writes_in[0] != '\0') {
        kept_paths_add(paths, kept->writes_in, true);
    }
    if (options->audit_log != NULL) {
        kept_paths_add_written(paths, options->audit_log);
    }
    if (options->log.file != NULL) {
        kept_paths_add_written(paths, options->log.file);
    }
    tls_options_paths(&options->tls, files);
    kept_paths_add_renewed(paths, files, TLS_FILES);
}

static void warn_of_lacking(const char *what, const char *means) {
    log_event(LOG_LEVEL_WARNING, "confine", LOG_FAIL, "message: this kernel has no %s: %s", what, means);
}

// "none", "port 5432", "any port".
static void write_connections(const struct confine_options *options, const struct confine_report *report,
                              char text[PORTS_TEXT_BYTES]) {
    bool any = options->connects && !report->ports_limited;
    size_t length = (size_t)snprintf(text, PORTS_TEXT_BYTES, "%s",
                                     any                 ? "any port"
                                     : options->connects ? "port"
                                                         : "none");
    for (size_t i = 0; i < options->port_count && !any && length < PORTS_TEXT_BYTES; i++) {
        length += (size_t)snprintf(text + length, PORTS_TEXT_BYTES - length, " %u", options->ports[i]);
    }
}

static void log_report(const struct confine_options *options, const struct confine_report *report) {
    char user[32], landlock[32] = "off", connections[PORTS_TEXT_BYTES];
    snprintf(user, sizeof user, "%u", (unsigned)geteuid());
    if (report->landlock_abi > 0) {
        snprintf(landlock, sizeof landlock, "abi %d", report->landlock_abi);
    }
    write_connections(options, report, connections);
    log_event(
        LOG_LEVEL_INFO, "confine", LOG_SUCCESS,
        "user: %s | no_new_privileges: %s | landlock: %s | seccomp: %s | capabilities: %s | connections: %s",
        options->user == NULL ? user : options->user, report->no_new_privileges ? "on" : "off", landlock,
        report->seccomp ? "on" : "off", report->capabilities, connections);
    if (options->landlock && report->landlock_abi == 0) {
        warn_of_lacking("Landlock", "files and ports are not given up");
    } else if (options->landlock && options->port_count > 0 && !report->ports_limited) {
        warn_of_lacking("rules for ports in its Landlock", "the server may connect to any port");
    }
    if (options->seccomp && !report->seccomp) {
        warn_of_lacking("seccomp filters", "system calls are not given up");
    }
}

bool privileges_give_up(const struct server_options *options, const struct privileges_kept *kept,
                        struct error *error) {
    struct kept_paths paths = {0};
    collect(options, kept, &paths);
    bool sandbox = options->sandbox == SANDBOX_ON;
    struct store_needs needs = {0};
    if (kept->has_store) {
        store_needs(options->store.address, &needs);
    }
    struct confine_options confinement = {
        .user = options->run_as,
        .writable = (const char *const *)paths.writable,
        .writable_count = paths.writable_count,
        .readable = (const char *const *)paths.readable,
        .readable_count = paths.readable_count,
        .removes_in = kept->removes_in,
        .connects = needs.connects,
        .ports = needs.ports,
        .port_count = needs.port_count,
        .abstract_sockets = needs.connects || supervisor_is_abstract(),
        .notifies = supervisor_is_there(),
        .landlock = sandbox,
        .seccomp = sandbox,
    };
    struct confine_report report = {0};
    struct error reason;
    bool confined = paths.failed ? error_set(&reason, ERROR_NO_MEMORY, "no memory for the paths")
                                 : confine(&confinement, &report, &reason);
    kept_paths_free(&paths);
    if (confined) {
        log_report(&confinement, &report);
        foreign_keys_warn(&options->tls);
    } else if (reason.code == ERROR_BAD_SETTING) {
        error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(options->settings, &options->run_as),
                  reason.text);
    } else {
        *error = reason;
    }
    return confined;
}

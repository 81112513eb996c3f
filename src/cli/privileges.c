#include "cli/privileges.h"

#include "base/log.h"
#include "base/path.h"
#include "confine/confine.h"
#include "confine/supervisor.h"
#include "store/store.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATHS_MAX = 32 };

struct paths {
    char *writable[PATHS_MAX], *readable[PATHS_MAX];
    size_t writable_count, readable_count;
    bool failed; // no memory, or more than there is room for
};

static void add(char **paths, size_t *count, const char *path, bool *failed) {
    char *copy = *count < PATHS_MAX ? strdup(path) : NULL;
    if (copy == NULL) {
        *failed = true;
        return;
    }
    paths[(*count)++] = copy;
}

static void on_path(void *context, const char *path, bool is_written) {
    struct paths *paths = context;
    if (is_written) {
        add(paths->writable, &paths->writable_count, path, &paths->failed);
    } else {
        add(paths->readable, &paths->readable_count, path, &paths->failed);
    }
}

// The folder of a file that may be replaced by another of its name, and the folder that the name leads to.
static void add_folder_of(struct paths *paths, const char *file) {
    char text[PATH_MAX], real[PATH_MAX];
    snprintf(text, sizeof text, "%s", file);
    on_path(paths, dirname(text), false);
    if (realpath(file, real) != NULL) {
        on_path(paths, dirname(real), false);
    }
}

// The folder of a file that is made, and written again: that which the name leads to.
static void add_written(struct paths *paths, const char *file) {
    char real[PATH_MAX], folder[PATH_MAX];
    struct error ignored; // opening it will say it
    if (path_resolve(file, real, &ignored)) {
        path_folder(real, folder);
        on_path(paths, folder, true);
    }
}

static void collect(const struct settings *settings, bool has_store, struct paths *paths) {
    static const char *const certificates[] = {"TLS_CERT", "TLS_KEY", "TLS_CA", "TLS_CRL"};
    if (has_store) {
        store_paths(settings_text(settings, "STORE"), on_path, paths);
    }
    if (settings_text(settings, "AUDIT_LOG") != NULL) {
        add_written(paths, settings_text(settings, "AUDIT_LOG"));
    }
    for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++) {
        if (settings_text(settings, certificates[i]) != NULL) {
            add_folder_of(paths, settings_text(settings, certificates[i]));
        }
    }
}

static void free_paths(struct paths *paths) {
    for (size_t i = 0; i < paths->writable_count; i++) {
        free(paths->writable[i]);
    }
    for (size_t i = 0; i < paths->readable_count; i++) {
        free(paths->readable[i]);
    }
}

static void warn_of_lacking(const char *what, const char *means) {
    log_event(LOG_LEVEL_WARNING, "confine", LOG_FAIL, "message: this kernel has no %s: %s", what, means);
}

static void log_report(const struct confine_options *options, const struct confine_report *report) {
    char user[32], landlock[32] = "off";
    snprintf(user, sizeof user, "%u", (unsigned)geteuid());
    if (report->landlock_abi > 0) {
        snprintf(landlock, sizeof landlock, "abi %d", report->landlock_abi);
    }
    log_event(LOG_LEVEL_INFO, "confine", LOG_SUCCESS,
              "user: %s | no_new_privileges: %s | landlock: %s | seccomp: %s",
              options->user == NULL ? user : options->user, report->no_new_privileges ? "on" : "off",
              landlock, report->seccomp ? "on" : "off");
    if (options->landlock && report->landlock_abi == 0) {
        warn_of_lacking("Landlock", "files and ports are not given up");
    }
    if (options->seccomp && !report->seccomp) {
        warn_of_lacking("seccomp filters", "system calls are not given up");
    }
}

bool privileges_give_up(const struct settings *settings, bool has_store, struct error *error) {
    struct paths paths = {0};
    collect(settings, has_store, &paths);
    bool sandbox = strcmp(settings_text(settings, "SANDBOX"), "on") == 0;
    bool connects = has_store && store_is_remote(settings_text(settings, "STORE"));
    struct confine_options options = {
        .user = settings_text(settings, "RUN_AS"),
        .writable = (const char *const *)paths.writable,
        .writable_count = paths.writable_count,
        .readable = (const char *const *)paths.readable,
        .readable_count = paths.readable_count,
        .connects = connects,
        .abstract_sockets = connects || supervisor_is_abstract(),
        .landlock = sandbox,
        .seccomp = sandbox,
    };
    struct confine_report report = {0};
    struct error reason;
    bool confined = paths.failed ? error_set(&reason, ERROR_NO_MEMORY, "no memory for the paths")
                                 : confine(&options, &report, &reason);
    free_paths(&paths);
    if (confined) {
        log_report(&options, &report);
    } else if (reason.code == ERROR_BAD_SETTING) {
        error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, "RUN_AS"), reason.text);
    } else {
        *error = reason;
    }
    return confined;
}

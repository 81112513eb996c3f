#include "cli/conflicts.h"

#include "base/log.h"
#include "base/path.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// Two settings of which only one may be given, and why.
struct pair {
    const char *one, *other, *why;
};

static bool check_pairs(const struct settings *settings, const struct pair *pairs, size_t count,
                        struct error *error) {
    for (size_t i = 0; i < count; i++) {
        const struct pair *pair = &pairs[i];
        if (settings_is_given(settings, pair->one) && settings_is_given(settings, pair->other)) {
            return error_set(error, ERROR_BAD_SETTING, "%.100s and %.100s do not go together: %s",
                             settings_place(settings, pair->one), settings_place(settings, pair->other),
                             pair->why);
        }
    }
    return true;
}

static bool is_echo(const struct settings *settings) {
    return strcmp(settings_text(settings, "SERVICE"), "echo") == 0;
}

// What an echo cannot do.
static bool check_echo(const struct settings *settings, const char *key, const char *why,
                       struct error *error) {
    return !is_echo(settings) || !settings_is_given(settings, key) ||
           error_set(error, ERROR_BAD_SETTING, "%s and %s do not go together: %s",
                     settings_place(settings, key), settings_place(settings, "SERVICE"), why);
}

// The server ------------------------------------------------------------------------------------------------

// Whether both names lead to one file: by name where there is none yet, and where there is one also by
// another name (a hard link, a bind mount).
static bool is_one_file(const char *name, const char *other) {
    struct stat one, another;
    return strcmp(name, other) == 0 ||
           (stat(name, &one) == 0 && stat(other, &another) == 0 && path_is_same(&one, &another));
}

// Whether `path` leads to the file that is resolved already.
static bool leads_to(const char *path, const char *resolved) {
    char file[PATH_MAX];
    struct error ignored; // whoever opens it says why
    return path_resolve(path, file, &ignored) && is_one_file(file, resolved);
}

// Whether the store writes to a file.
struct written {
    const char *resolved; // the file
    bool is_the_stores;
};

static void compare_written(void *context, const char *path, bool is_written) {
    struct written *written = context;
    struct stat status;
    bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode); // which may have others' files, too
    written->is_the_stores =
        written->is_the_stores || (is_written && !is_folder && is_one_file(path, written->resolved));
}

static bool is_of_store(const char *address, const char *resolved) {
    struct written written = {.resolved = resolved};
    store_paths(address, compare_written, &written);
    return written.is_the_stores;
}

// The audit log is written to, so it is to be nothing else.
static bool check_audit_log(const struct settings *settings, struct error *error) {
    static const char *const files[] = {"STORE", "CONFIG", "TLS_CERT", "TLS_KEY", "TLS_CA", "TLS_CRL"};
    const char *path = settings_text(settings, "AUDIT_LOG");
    char resolved[PATH_MAX];
    struct error ignored;
    if (path == NULL || !path_resolve(path, resolved, &ignored)) {
        return true;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *other = settings_text(settings, files[i]);
        if (other != NULL && (i == 0 ? is_of_store(other, resolved) : leads_to(other, resolved))) {
            return error_set(error, ERROR_BAD_SETTING,
                             "%.100s and %.100s do not go together: they are one file",
                             settings_place(settings, "AUDIT_LOG"), settings_place(settings, files[i]));
        }
    }
    return true;
}

static bool check_once(const struct settings *settings, struct error *error) {
    bool nobody = settings_is_set(settings, "AGENCIES") && settings_number(settings, "AGENCIES") == 0;
    return !nobody || !settings_is_given(settings, "ONCE") ||
           error_set(error, ERROR_BAD_SETTING,
                     "%s and %s do not go together: with no agencies there is nobody to be told, and no end",
                     settings_place(settings, "ONCE"), settings_place(settings, "AGENCIES"));
}

bool conflicts_check_server(const struct settings *settings, struct error *error) {
    static const char one_of_them[] = "plain text is taken, or TLS";
    static const struct pair pairs[] = {
        {"INSECURE", "TLS_CERT", one_of_them},
        {"INSECURE", "TLS_KEY", one_of_them},
        {"INSECURE", "TLS_CA", one_of_them},
    };
    return check_pairs(settings, pairs, sizeof pairs / sizeof pairs[0], error) &&
           check_echo(settings, "ONCE", "an echo never ends by itself", error) &&
           check_once(settings, error) && check_audit_log(settings, error);
}

void conflicts_warn_of_no_agencies(uint32_t agencies) {
    if (agencies == 0) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS,
                  "agencies: 0 | message: the draw waits for no agency, so it is never made");
    }
}

// The others ------------------------------------------------------------------------------------------------

bool conflicts_check_client(const struct settings *settings, struct error *error) {
    return check_echo(settings, "CLI_WINNERS", "an echo has no winners", error);
}

// What is about a central of its own.
static bool check_self(const struct settings *settings, struct error *error) {
    static const char *const keys[] = {"BENCH_STORE", "KEEP", "LOG_LEVEL", "DIR", "PROGRAM"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !settings_is_given(settings, "SELF"); i++) {
        if (settings_is_given(settings, keys[i])) {
            return error_set(error, ERROR_BAD_SETTING, "%s: is about a central of its own, and needs --self",
                             settings_place(settings, keys[i]));
        }
    }
    return true;
}

bool conflicts_check_bench(const struct settings *settings, struct error *error) {
    static const char own[] = "it measures its own central, or that one";
    static const struct pair pairs[] = {
        {"SELF", "CLI_SERVER_ADDRESS", own},
        {"SELF", "CLI_SERVER_CONSULT_ADDRESS", own},
        {"JSON", "CSV", "one of them is printed"},
        {"POLL", "SELF", "what polls is simulated, and asks no central"},
        {"POLL", "HOLD", "what polls is simulated, and asks no central"},
    };
    return check_pairs(settings, pairs, sizeof pairs / sizeof pairs[0], error) && check_self(settings, error);
}

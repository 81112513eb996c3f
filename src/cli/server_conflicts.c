#include "cli/server_conflicts.h"

#include "base/path.h"
#include "cli/conflicts.h"
#include "cli/output_target.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// Whether both names lead to one file: by name where there is none yet; an existing one is also recognized
// by another name (a hard link, a bind mount).
static bool is_one_file(const char *name, const char *other) {
    struct stat one, another;
    return strcmp(name, other) == 0 ||
           (stat(name, &one) == 0 && stat(other, &another) == 0 && path_is_same(&one, &another));
}

// Whether `path` leads to the file `resolved`.
static bool leads_to(const char *path, const char *resolved) {
    char file[PATH_MAX];
    struct error ignored; // opening it will report why
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
    bool is_folder =
        stat(path, &status) == 0 && S_ISDIR(status.st_mode); // a folder may hold other files, too
    written->is_the_stores =
        written->is_the_stores || (is_written && !is_folder && is_one_file(path, written->resolved));
}

static bool is_of_store(const char *address, const char *resolved) {
    struct written written = {.resolved = resolved};
    store_paths(address, compare_written, &written);
    return written.is_the_stores;
}

// Whether a file that is appended to is none of the server's others. `appended` is a field of the options.
static bool check_appended(const struct server_options *options, const char *const *appended,
                           struct error *error) {
    const char *const *const files[] = {&options->config,
                                        &options->tls.certificate,
                                        &options->tls.key,
                                        &options->tls.authority,
                                        &options->tls.revocations,
                                        &options->sign.key,
                                        &options->sign.previous_key,
                                        &options->audit_log};
    char resolved[PATH_MAX];
    struct error ignored;
    if (*appended == NULL || !path_resolve(*appended, resolved, &ignored)) {
        return true;
    }
    const void *same = NULL;
    if (is_of_store(options->store.address, resolved)) {
        same = &options->store.address;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0] && same == NULL; i++) {
        bool is_other = files[i] != appended && *files[i] != NULL;
        same = is_other && leads_to(*files[i], resolved) ? files[i] : NULL;
    }
    const struct conflict conflict = {appended, same, "they are one file"};
    return same == NULL || conflicts_refuse(options->settings, &conflict, error);
}

static bool check_audit_log(const struct server_options *options, struct error *error) {
    const char *path = options->audit_log;
    char resolved[PATH_MAX];
    struct error reason;
    return path == NULL || !path_resolve(path, resolved, &reason) ||
           output_target_is_no_store(resolved, path, &reason) ||
           error_set(error, reason.code, "%s: %s", settings_place(options->settings, &options->audit_log),
                     reason.text);
}

static bool check_once(const struct server_options *options, struct error *error) {
    static const char endless[] = "an echo never stops by itself",
                      nobody[] = "with no agencies there is nobody to be told, and so no end";
    const struct settings *settings = options->settings;
    bool no_agencies = settings_is_set(settings, &options->agencies) && options->agencies == 0;
    bool is_echo = options->service == SERVICE_ECHO;
    if (!options->once || !(no_agencies || is_echo)) {
        return true;
    }
    const struct conflict conflict = {&options->once,
                                      is_echo ? (const void *)&options->service : &options->agencies,
                                      is_echo ? endless : nobody};
    return conflicts_refuse(settings, &conflict, error);
}

static bool check_number(const struct server_options *options, struct error *error) {
    static const char manual[] = "the number of a manual draw comes after its seal (quiniela draw)",
                      beacon[] =
                          "the number of such a draw comes after its seal, from a pulse (quiniela draw)";
    const struct conflict conflict = {&options->number_mode, &options->winning_number,
                                      options->number_mode == NUMBER_MANUAL ? manual : beacon};
    return options->number_mode == NUMBER_FIXED || !server_options_gives_number(options) ||
           conflicts_refuse(options->settings, &conflict, error);
}

bool server_conflicts_check(const struct server_options *options, struct error *error) {
    static const char either[] = "either plain text is accepted, or TLS";
    const struct conflict conflicts[] = {
        {&options->insecure, &options->tls.certificate, either},
        {&options->insecure, &options->tls.key, either},
        {&options->insecure, &options->tls.authority, either},
    };
    return conflicts_check(options->settings, conflicts, sizeof conflicts / sizeof conflicts[0], error) &&
           check_once(options, error) && check_number(options, error) &&
           sign_options_check(&options->sign, options->settings, options->number_mode, error) &&
           check_appended(options, &options->audit_log, error) && check_audit_log(options, error) &&
           check_appended(options, &options->log.file, error);
}

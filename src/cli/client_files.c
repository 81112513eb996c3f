#include "cli/client_files.h"

#include "agency/kept_texts.h"
#include "base/path.h"
#include "cli/client_promises.h"

#include <string.h>
#include <sys/stat.h>

// Whether both names lead to the same file, be it there or not.
static bool is_same_file(const char *one, const char *other) {
    struct stat first, second;
    char resolved[PATH_MAX], others[PATH_MAX];
    struct error ignored;
    if (stat(one, &first) == 0 && stat(other, &second) == 0) {
        return path_is_same(&first, &second);
    }
    return path_resolve(one, resolved, &ignored) && path_resolve(other, others, &ignored) &&
           strcmp(resolved, others) == 0;
}

static bool refuse(const struct client_options *options, const void *setting, const char *path,
                   struct error *error) {
    return error_set(error, ERROR_BAD_SETTING, "%.100s: %.150s is a file that the agency uses otherwise",
                     settings_place(options->settings, setting), path);
}

bool client_files_check_apart(const struct client_options *options, const char *bets, struct error *error) {
    enum { WRITTEN = 3, READ = 2 + TLS_FILES };
    char receipts[PATH_MAX];
    client_promises_path(options, receipts);
    // The list of winners takes a file's place; receipts and the log are written at a file's end.
    const char *used[WRITTEN + READ] = {options->winners_file, receipts[0] != '\0' ? receipts : NULL,
                                        options->log.file, bets, options->config};
    const void *const settings[WRITTEN] = {&options->winners_file, &options->receipts, &options->log.file};
    tls_options_paths(&options->tls, used + WRITTEN + 2);
    for (size_t i = 0; i < WRITTEN; i++) {
        bool is_receipts = i == 1;
        if (receipts[0] != '\0' && used[i] != NULL && !is_receipts && kept_texts_may_be(receipts, used[i])) {
            return refuse(options, settings[i], used[i], error);
        }
        for (size_t other = i + 1; used[i] != NULL && other < WRITTEN + READ; other++) {
            if (used[other] != NULL && is_same_file(used[i], used[other])) {
                return refuse(options, settings[i], used[i], error);
            }
        }
    }
    return true;
}

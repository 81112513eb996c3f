#include "cli/winners_file.h"

#include "base/path.h"
#include "cli/output_file.h"

#include <string.h>
#include <sys/stat.h>

// Before a bet leaves ---------------------------------------------------------------------------------------

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

// The list takes the place of what has its name. So it must be no file that the agency itself uses.
static bool check_apart(const struct client_options *options, const char *bets, struct error *error) {
    const char *used[3 + TLS_FILES] = {bets, options->log.file, options->config};
    tls_options_paths(&options->tls, used + 3);
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        if (used[i] != NULL && is_same_file(options->winners_file, used[i])) {
            return error_set(
                error, ERROR_BAD_SETTING, "%.100s: %.150s is a file that the agency uses otherwise",
                settings_place(options->settings, &options->winners_file), options->winners_file);
        }
    }
    return true;
}

// What is written in place cannot be whole or not at all.
static bool check_kind(const struct client_options *options, struct error *error) {
    struct stat status;
    bool is_standard = strcmp(options->winners_file, "-") == 0;
    bool is_other = stat(options->winners_file, &status) == 0 && !S_ISREG(status.st_mode);
    return (!is_standard && !is_other) ||
           error_set(error, ERROR_BAD_SETTING, "%.100s: %.150s is no regular file; --winners prints the list",
                     settings_place(options->settings, &options->winners_file), options->winners_file);
}

bool winners_file_check(const struct client_options *options, const char *bets, struct error *error) {
    return options->winners_file == NULL || (check_kind(options, error) && check_apart(options, bets, error));
}

bool winners_file_try(const char *path, struct error *error) {
    struct output_file *file;
    if (path == NULL) {
        return true;
    }
    if (!output_file_open_whole(path, &file, error)) {
        return false;
    }
    output_file_drop(&file);
    return true;
}

// The list --------------------------------------------------------------------------------------------------

static bool write_lines(struct output_file *file, const char *documents, size_t length, struct error *error) {
    const char *end = documents + length;
    for (const char *at = documents, *next; at < end; at = next + 1) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        next = comma == NULL ? end : comma;
        if (!output_file_write(file, at, (size_t)(next - at), error) ||
            !output_file_write(file, "\n", 1, error)) {
            return false;
        }
    }
    return true;
}

bool winners_file_write(const char *path, const char *documents, size_t length, struct error *error) {
    struct output_file *file;
    if (!output_file_open_whole(path, &file, error)) {
        return false;
    }
    if (!write_lines(file, documents, length, error)) {
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}

#include "cli/winners_file.h"

#include "cli/output_file.h"

#include <string.h>
#include <sys/stat.h>

// Before a bet leaves ---------------------------------------------------------------------------------------

// What is written in place cannot be whole or not at all.
static bool check_kind(const struct client_options *options, struct error *error) {
    struct stat status;
    bool is_standard = strcmp(options->winners_file, "-") == 0;
    bool is_other = stat(options->winners_file, &status) == 0 && !S_ISREG(status.st_mode);
    return (!is_standard && !is_other) ||
           error_set(error, ERROR_BAD_SETTING, "%.100s: %.150s is no regular file; --winners prints the list",
                     settings_place(options->settings, &options->winners_file), options->winners_file);
}

bool winners_file_check(const struct client_options *options, struct error *error) {
    return options->winners_file == NULL || check_kind(options, error);
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

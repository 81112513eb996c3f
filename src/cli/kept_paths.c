#include "cli/kept_paths.h"

#include "base/path.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add(char **paths, size_t *count, const char *path, bool *failed) {
    char *copy = *count < KEPT_PATHS_MAX ? strdup(path) : NULL;
    if (copy == NULL) {
        *failed = true;
        return;
    }
    paths[(*count)++] = copy;
}

void kept_paths_add(void *context, const char *path, bool is_written) {
    struct kept_paths *paths = context;
    if (is_written) {
        add(paths->writable, &paths->writable_count, path, &paths->failed);
    } else {
        add(paths->readable, &paths->readable_count, path, &paths->failed);
    }
}

// Whether a folder is the root, or directly below it: too much to keep for the sake of one link.
static bool is_near_root(const char *folder) {
    return strrchr(folder, '/') == folder;
}

// If the path of a file goes through a link to a folder, the link may later point to a neighbour of that
// folder: in `name/today/server.crt`, `today` may link to day-1 now and to day-2 tomorrow.
static void add_folders_beside(struct kept_paths *paths, const char *file) {
    char way[PATH_MAX], real[PATH_MAX];
    snprintf(way, sizeof way, "%s", file);
    for (char *slash = way + (way[0] == '/'); (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        struct stat status;
        *slash = '\0';
        if (lstat(way, &status) == 0 && S_ISLNK(status.st_mode) && realpath(way, real) != NULL &&
            !is_near_root(dirname(real))) {
            kept_paths_add(paths, real, false);
        }
    }
}

// Adds the folder of a file that may be replaced by another of the same name. If the file is a link, adds the
// file that it leads to, and the folder of that file, too.
static void add_folder_of(struct kept_paths *paths, const char *file) {
    char text[PATH_MAX], real[PATH_MAX];
    add_folders_beside(paths, file);
    snprintf(text, sizeof text, "%s", file);
    kept_paths_add(paths, dirname(text), false);
    if (realpath(file, real) != NULL) {
        kept_paths_add(paths, real, false);
        kept_paths_add(paths, dirname(real), false);
    }
}

void kept_paths_add_written(struct kept_paths *paths, const char *file) {
    char real[PATH_MAX], folder[PATH_MAX];
    struct error ignored; // opening it will report it
    if (path_resolve(file, real, &ignored)) {
        path_folder(real, folder);
        kept_paths_add(paths, folder, true);
    }
}

void kept_paths_add_renewed(struct kept_paths *paths, const char *const files[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (files[i] != NULL) {
            add_folder_of(paths, files[i]);
        }
    }
}

void kept_paths_free(struct kept_paths *paths) {
    for (size_t i = 0; i < paths->writable_count; i++) {
        free(paths->writable[i]);
    }
    for (size_t i = 0; i < paths->readable_count; i++) {
        free(paths->readable[i]);
    }
}

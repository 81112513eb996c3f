// The paths that a program keeps when it gives up all others: see confine/confine.h.
#ifndef QUINIELA_CLI_KEPT_PATHS_H
#define QUINIELA_CLI_KEPT_PATHS_H

#include "base/settings.h"

enum { KEPT_PATHS_MAX = 48 };

struct kept_paths {
    char *writable[KEPT_PATHS_MAX], *readable[KEPT_PATHS_MAX];
    size_t writable_count, readable_count;
    bool failed; // no memory, or more than there is room for
};

// Adds a path to those that are written, or to those that are only read. `paths` is a struct kept_paths: a
// store_each_path is of this form.
void kept_paths_add(void *paths, const char *path, bool is_written);

// Adds the folder of a file that is made, and written again: that which the name leads to.
void kept_paths_add_written(struct kept_paths *paths, const char *file);

// Adds the folders of the files that the settings `keys` name, where they are set: each of them may be
// replaced by another of its name, or by turning a link.
void kept_paths_add_renewed(struct kept_paths *paths, const struct settings *settings,
                            const char *const keys[], size_t count);

// Frees what was added, not the struct.
void kept_paths_free(struct kept_paths *paths);

#endif

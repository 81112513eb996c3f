// The paths that a program keeps access to when it gives up all others: see confine/confine.h.
#ifndef QUINIELA_CLI_KEPT_PATHS_H
#define QUINIELA_CLI_KEPT_PATHS_H

#include <stdbool.h>
#include <stddef.h>

enum { KEPT_PATHS_MAX = 48 };

struct kept_paths {
    char *writable[KEPT_PATHS_MAX], *readable[KEPT_PATHS_MAX];
    size_t writable_count, readable_count;
    bool failed; // no memory, or more than there is room for
};

// Adds a path to those written, or to those only read. `paths` is a struct kept_paths; this is a
// store_each_path.
void kept_paths_add(void *paths, const char *path, bool is_written);

// Adds the folder of a file that is created and appended to. Links in the name are followed.
void kept_paths_add_written(struct kept_paths *paths, const char *file);

// Adds the folders of these files (NULL: none): each of them may be replaced by another of the same name, or
// by changing a link on its path.
void kept_paths_add_renewed(struct kept_paths *paths, const char *const files[], size_t count);

// Frees what was added, not the struct.
void kept_paths_free(struct kept_paths *paths);

#endif

#include "cli/sealed_store.h"

#include <stdio.h>

// SEAL_DIR, or its place beside a store in a file; "" where there is none.
static bool find_folder(const char *seal_dir, const char *address, char path[PATH_MAX], struct error *error) {
    char file[PATH_MAX];
    if (seal_dir != NULL) {
        return snprintf(path, PATH_MAX, "%s", seal_dir) < PATH_MAX ||
               error_set(error, ERROR_BAD_SETTING, "SEAL_DIR: its name is too long");
    }
    if (!store_file(address, file, error)) {
        return false;
    }
    path[0] = '\0';
    return file[0] == '\0' || snprintf(path, PATH_MAX, "%s.seals", file) < PATH_MAX ||
           error_set(error, ERROR_BAD_SETTING, "STORE: its name is too long");
}

static bool open_all(const struct store_options *options, const char *seal_dir, struct sealed_store *sealed,
                     struct error *error) {
    char folder[PATH_MAX];
    if (!store_snapshot(sealed->store, error) || !sealed_draw_read(sealed->store, &sealed->sealed, error) ||
        !find_folder(seal_dir, options->address, folder, error) ||
        (folder[0] != '\0' &&
         !kept_seal_open(folder, seal_dir != NULL, sealed->sealed, &sealed->kept, error))) {
        return false;
    }
    if (sealed->sealed->row.forked_at[0] != '\0') {
        fprintf(stderr, "draw \"%s\": another seal of it was seen at %s\n", options->draw,
                sealed->sealed->row.forked_at);
    }
    return true;
}

bool sealed_store_open(const struct store_options *options, const char *seal_dir, struct sealed_store *sealed,
                       struct error *error) {
    struct stored_draw draw;
    *sealed = (struct sealed_store){.store = NULL};
    if (!store_options_open_draw(options, &sealed->store, &draw, error)) {
        return false;
    }
    stored_draw_forget(&draw);
    if (open_all(options, seal_dir, sealed, error)) {
        return true;
    }
    sealed_store_close(sealed);
    return false;
}

void sealed_store_close(struct sealed_store *sealed) {
    kept_seal_close(&sealed->kept);
    sealed_draw_free(sealed->sealed);
    store_close(&sealed->store);
    *sealed = (struct sealed_store){.store = NULL};
}

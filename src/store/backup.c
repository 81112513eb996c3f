#include "store/backup.h"

#include "store/address.h"
#include "store/backend.h"
#include "store/store.h"

bool store_backup(const char *address, const char *to, const struct store_backup *backup,
                  struct store_backed_up *done, struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    struct store *store;
    *done = (struct store_backed_up){0};
    if (!kind->check_address(address, error)) {
        return false;
    }
    if (kind->backup == NULL) {
        return error_set(error, ERROR_BAD_SETTING,
                         "only a store in a file is copied by this program; of a database its own tools make "
                         "a backup: see docs/backup.md");
    }
    if (!store_open(address, "1", STORE_READ, &store, error)) { // all of its draws are copied
        return false;
    }
    bool copied = kind->backup(store, to, backup, done, error);
    store_close(&store);
    return copied;
}

bool store_each_draw_name(const char *address, store_each_name each, void *context, struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    struct store *store;
    if (!store_open(address, "1", STORE_READ, &store, error)) {
        return false;
    }
    bool done = kind->each_draw_name(store, each, context, error);
    store_close(&store);
    return done;
}

#include "store/restore.h"

#include "store/address.h"
#include "store/backend.h"

bool store_restore(const char *address, store_make_copy make, void *context, struct store_restored *restored,
                   struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    *restored = (struct store_restored){.was_cut_short = false};
    if (!kind->check_address(address, error)) {
        return false;
    }
    return kind->restore != NULL
               ? kind->restore(address, make, context, restored, error)
               : error_set(error, ERROR_BAD_SETTING,
                           "only a store in a file is restored by this program; a database has its own tools "
                           "for that: see docs/backup.md");
}

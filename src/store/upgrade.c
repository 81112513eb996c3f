#include "store/upgrade.h"

#include "store/address.h"
#include "store/backend.h"
#include "store/version.h"

bool store_upgrade(const char *address, const struct store_upgrade *upgrade, struct store_upgraded *upgraded,
                   struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    *upgraded = (struct store_upgraded){.from = STORE_VERSION};
    return kind->check_address(address, error) &&
           (kind->upgrade == NULL || kind->upgrade(address, upgrade, upgraded, error));
}

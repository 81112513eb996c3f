#include "cli/store_options.h"

#include "cli/help_texts.h"
#include "store/no_draw.h"

#include <inttypes.h>

const struct setting store_settings[] = {
    SETTING_TEXT_IN(struct store_options, address, "STORE", "quiniela.db", HELP_STORE),
    SETTING_TEXT_IN(struct store_options, draw, "DRAW", "1", HELP_DRAW),
    {.key = NULL},
};

bool store_options_open_draw(const struct store_options *options, struct store **store,
                             struct stored_draw *draw, struct error *error) {
    if (!store_open(options->address, options->draw, STORE_READ, store, error)) {
        return false;
    }
    bool found;
    if (store_get_draw(*store, draw, &found, error) && (found || store_no_draw(*store, error))) {
        return true;
    }
    store_close(store);
    return false;
}

bool store_options_check_agency(const struct stored_draw *draw, uint32_t agency, struct error *error) {
    return agency <= draw->agencies ||
           error_set(error, ERROR_BAD_SETTING, "--agency: %" PRIu32 " is not from 1 to %" PRIu32, agency,
                     draw->agencies);
}

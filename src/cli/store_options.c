#include "cli/store_options.h"

#include "bet/errors.h"
#include "cli/help_texts.h"

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
    char shown[STORE_ADDRESS_BYTES];
    store_show_address(options->address, shown);
    if (store_get_draw(*store, draw, &found, error) &&
        (found ||
         error_set(error, ERROR_STORE_FAILED, "%.150s: it has no draw \"%s\"", shown, options->draw))) {
        return true;
    }
    store_close(store);
    return false;
}

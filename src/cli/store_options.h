// The settings of the store, shared by every command that opens one.
#ifndef QUINIELA_CLI_STORE_OPTIONS_H
#define QUINIELA_CLI_STORE_OPTIONS_H

#include "base/settings.h"
#include "store/store.h"

struct store_options {
    const char *address; // STORE
    const char *draw;    // DRAW
};

extern const struct setting store_settings[];

// The group, bound to the field `field` of the struct `options`.
#define STORE_GROUP_IN(options, field)                                                                       \
    SETTING_GROUP_IN(options, field, struct store_options, "Store", store_settings)

// Opens the store for reading, and reads the draw. On success the caller owns *store. ERROR_STORE_FAILED when
// there is no such store, or no such draw in it.
bool store_options_open_draw(const struct store_options *options, struct store **store,
                             struct stored_draw *draw, struct error *error) MUST_CHECK;

// Whether the draw has an agency of that number, as --agency gave it; 0: none was given. ERROR_BAD_SETTING.
bool store_options_check_agency(const struct stored_draw *draw, uint32_t agency,
                                struct error *error) MUST_CHECK;

#endif

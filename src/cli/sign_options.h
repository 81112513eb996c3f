// The server's settings of a signed draw (docs/verifiable-draw.md).
#ifndef QUINIELA_CLI_SIGN_OPTIONS_H
#define QUINIELA_CLI_SIGN_OPTIONS_H

#include "base/settings.h"
#include "notary/notary.h"
#include "store/rows.h"

// NULL: not set.
struct sign_options {
    const char *key, *name;                   // SIGN_KEY, SIGN_NAME
    const char *previous_key, *previous_name; // PREVIOUS_SIGN_KEY, PREVIOUS_SIGN_NAME
    const char *seal_dir;                     // SEAL_DIR
    uint32_t approvals;                       // APPROVALS
    const char *approvers, *witnesses, *authorities;
    uint32_t beacon_chain;
    const char *beacon_pulse, *beacon_certificate;
};

extern const struct setting sign_settings[];

// The group, bound to the field `field` of the struct `options`.
#define SIGN_GROUP_IN(options, field)                                                                        \
    SETTING_GROUP_IN(options, field, struct sign_options, "Signing", sign_settings)

// Whether nothing is set that does nothing: without SIGN_KEY, or a beacon's chain without a beacon.
// ERROR_BAD_SETTING, naming it.
bool sign_options_check(const struct sign_options *options, const struct settings *settings,
                        enum number_mode mode, struct error *error) MUST_CHECK;

// Opens what signs draws whose number comes in this way. *notary is NULL when SIGN_KEY is not set; else the
// caller closes it. Errors as notary_open.
bool sign_options_open(const struct sign_options *options, enum number_mode mode, struct notary **notary,
                       struct error *error) MUST_CHECK;

// Finds the folder for what is signed (SEAL_DIR), of a server of the store at `address`; `path` is of `size`
// bytes. ERROR_BAD_SETTING when it is not set and the store is in no file.
bool sign_options_folder(const struct sign_options *options, const char *address, char *path, size_t size,
                         struct error *error) MUST_CHECK;

#endif

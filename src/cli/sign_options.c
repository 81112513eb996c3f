#include "cli/sign_options.h"

#include "cli/sign_help.h"
#include "seal/note.h"
#include "store/address.h"

#include <limits.h>
#include <stdio.h>

const struct setting sign_settings[] = {
    SETTING_TEXT_IN(struct sign_options, key, "SIGN_KEY", NULL, HELP_SIGN_KEY),
    SETTING_TEXT_IN(struct sign_options, name, "SIGN_NAME", NULL, HELP_SIGN_NAME),
    SETTING_TEXT_IN(struct sign_options, previous_key, "PREVIOUS_SIGN_KEY", NULL, HELP_PREVIOUS_SIGN_KEY),
    SETTING_TEXT_IN(struct sign_options, previous_name, "PREVIOUS_SIGN_NAME", NULL, HELP_PREVIOUS_SIGN_NAME),
    SETTING_TEXT_IN(struct sign_options, seal_dir, "SEAL_DIR", NULL, HELP_SEAL_DIR),
    SETTING_NUMBER_IN(struct sign_options, approvals, "APPROVALS", NULL, 0, NOTE_SIGNATURES_MAX,
                      HELP_APPROVALS),
    SETTING_TEXT_IN(struct sign_options, approvers, "APPROVERS", NULL, HELP_APPROVERS),
    SETTING_TEXT_IN(struct sign_options, witnesses, "WITNESSES", NULL, HELP_WITNESSES),
    SETTING_TEXT_IN(struct sign_options, authorities, "TSA_CERTS", NULL, HELP_TSA_CERTS),
    SETTING_NUMBER_IN(struct sign_options, beacon_chain, "BEACON_CHAIN", "2", 0, UINT32_MAX,
                      HELP_BEACON_CHAIN),
    SETTING_TEXT_IN(struct sign_options, beacon_pulse, "BEACON_PULSE", NULL, HELP_BEACON_PULSE),
    SETTING_TEXT_IN(struct sign_options, beacon_certificate, "BEACON_CERT", NULL, HELP_BEACON_CERT),
    {.key = NULL},
};

// What else is of a beacon, the notary refuses; but a chain there always is.
static bool check_chain(const struct sign_options *options, const struct settings *settings,
                        enum number_mode mode, struct error *error) {
    return mode == NUMBER_BEACON || !settings_is_set(settings, &options->beacon_chain) ||
           error_set(error, ERROR_BAD_SETTING, "%s: is of NUMBER=beacon only",
                     settings_place(settings, &options->beacon_chain));
}

bool sign_options_check(const struct sign_options *options, const struct settings *settings,
                        enum number_mode mode, struct error *error) {
    const void *const others[] = {
        &options->name,         &options->previous_key, &options->previous_name,     &options->seal_dir,
        &options->approvals,    &options->approvers,    &options->witnesses,         &options->authorities,
        &options->beacon_pulse, &options->beacon_chain, &options->beacon_certificate};
    if (options->key != NULL) {
        return check_chain(options, settings, mode, error);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (settings_is_set(settings, others[i])) {
            return error_set(
                error, ERROR_BAD_SETTING,
                "%s: is of a signed draw, and SIGN_KEY is not set: set that, too, or take this away",
                settings_place(settings, others[i]));
        }
    }
    return mode != NUMBER_BEACON ||
           error_set(
               error, ERROR_BAD_SETTING,
               "NUMBER: beacon is of a signed draw only, and SIGN_KEY is not set: nobody could tell that "
               "the pulse came after the bets");
}

static enum rules_number how_of(enum number_mode mode) {
    switch (mode) {
    case NUMBER_MANUAL:
        return RULES_MANUAL;
    case NUMBER_BEACON:
        return RULES_BEACON;
    case NUMBER_FIXED:
        break;
    }
    return RULES_FIXED;
}

bool sign_options_open(const struct sign_options *options, enum number_mode mode, struct notary **notary,
                       struct error *error) {
    *notary = NULL;
    if (options->key == NULL) {
        return true;
    }
    const struct notary_options wanted = {
        .name = options->name,
        .key = options->key,
        .previous_name = options->previous_name,
        .previous_key = options->previous_key,
        .how = how_of(mode),
        .approvals = options->approvals,
        .approvers = options->approvers,
        .witnesses = options->witnesses,
        .authorities = options->authorities,
        .pulse = options->beacon_pulse,
        .certificate = options->beacon_certificate,
        .chain = options->beacon_chain,
    };
    return notary_open(&wanted, notary, error);
}

bool sign_options_folder(const struct sign_options *options, const char *address, char *path, size_t size,
                         struct error *error) {
    char file[PATH_MAX];
    if (options->seal_dir != NULL) {
        return snprintf(path, size, "%s", options->seal_dir) < (int)size ||
               error_set(error, ERROR_BAD_SETTING, "SEAL_DIR: is too long");
    }
    if (!store_file(address, file, error)) {
        return false;
    }
    if (file[0] == '\0') {
        return error_set(
            error, ERROR_BAD_SETTING,
            "SEAL_DIR: is missing: what is signed is kept outside the store, too, and this one is "
            "in no file: name a folder of this server's");
    }
    return snprintf(path, size, "%s.seals", file) < (int)size ||
           error_set(error, ERROR_BAD_SETTING,
                     "SEAL_DIR: is missing, and the store's name is too long for "
                     "a folder beside it");
}

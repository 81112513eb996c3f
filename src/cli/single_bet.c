#include "cli/single_bet.h"

#include "bet/bet.h"

#include <stdio.h>
#include <string.h>

// Names the setting with the bad field. Always returns false.
static bool refuse_bet(const struct client_options *options, const struct error *reason,
                       struct error *error) {
    int field = bet_error_field(reason);
    if (field < 0) {
        return error_set(error, ERROR_BAD_SETTING, "%s", reason->text);
    }
    return error_set(error, ERROR_BAD_SETTING, "%s: %s",
                     settings_place(options->settings, &options->bet[field]), reason->text);
}

// Writes the fields that are set, separated by commas. *set becomes their number, *missing the first field
// that is not set.
static bool write_bet(const struct client_options *options, char text[BET_TEXT_BYTES_MAX + 1], int *set,
                      const char *const **missing, struct error *error) {
    size_t length = 0;
    *set = 0;
    *missing = NULL;
    for (int i = 0; i < BET_FIELDS; i++) {
        const char *const *field = &options->bet[i];
        if (*field == NULL) {
            *missing = *missing == NULL ? field : *missing;
            continue;
        }
        if (strchr(*field, ',') != NULL || length + strlen(*field) + 1 >= BET_TEXT_BYTES_MAX + 1) {
            return error_set(error, ERROR_BAD_SETTING, "%s: \"%.100s\" has a comma, or is too long",
                             settings_place(options->settings, field), *field);
        }
        length += (size_t)sprintf(text + length, "%s%s", i == 0 ? "" : ",", *field);
        ++*set;
    }
    return true;
}

bool single_bet_read(const struct client_options *options, struct chunk **single, struct error *error) {
    char text[BET_TEXT_BYTES_MAX + 1] = "";
    int set;
    const char *const *missing;
    *single = NULL;
    if (!write_bet(options, text, &set, &missing, error)) {
        return false;
    }
    if (set == 0) {
        return true;
    }
    if (missing != NULL) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%s: is missing: a bet needs NOMBRE, APELLIDO, DOCUMENTO, "
                         "NACIMIENTO and NUMERO",
                         settings_key(options->settings, missing));
    }
    *single = chunk_new(1, strlen(text));
    if (*single == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a bet");
    }
    struct error reason;
    return chunk_add(*single, text, strlen(text), &reason) || refuse_bet(options, &reason, error);
}

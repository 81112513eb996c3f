#include "cli/client_promises.h"

#include "base/path.h"
#include "base/translate.h"
#include "cli/conflicts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void client_promises_path(const struct client_options *options, char path[PATH_MAX]) {
    path[0] = '\0';
    if (options->central_key == NULL) {
        return;
    }
    if (options->receipts != NULL) {
        snprintf(path, PATH_MAX, "%s", options->receipts);
    } else {
        snprintf(path, PATH_MAX, "%s/agency-%" PRIu32 ".receipts", options->data_dir, options->agency);
    }
}

static bool read_key(const struct client_options *options, struct vkey *key, struct error *error) {
    struct error reason;
    const char *place = settings_place(options->settings, &options->central_key);
    if (!vkey_parse(slice_of(options->central_key), key, &reason)) {
        return error_set(error, ERROR_BAD_SETTING, "%.100s: %s", place, reason.text);
    }
    return key->type == VKEY_ED25519 ||
           error_set(error, ERROR_BAD_SETTING, "%.100s: is the key of a witness, and not of a central",
                     place);
}

bool client_promises_check(const struct client_options *options, struct error *error) {
    const struct conflict echo = {&options->central_key, &options->service, N_("an echo signs nothing")};
    struct vkey key;
    if (options->central_key == NULL) {
        return options->receipts == NULL ||
               error_set(error, ERROR_BAD_SETTING,
                         "%s: needs CENTRAL_KEY (--central-key), with which receipts are checked",
                         settings_place(options->settings, &options->receipts));
    }
    return (options->service != SERVICE_ECHO || conflicts_refuse(options->settings, &echo, error)) &&
           read_key(options, &key, error);
}

bool client_promises_read(const struct client_options *options, const char *path, bool is_tls,
                          struct promises_options *read, struct error *error) {
    *read = (struct promises_options){.agency = options->agency, .receipts = path, .asks_key = is_tls};
    return read_key(options, &read->key, error);
}

bool client_promises_open(const struct client_options *options, const char *path, bool is_tls,
                          struct promises **promises, struct error *error) {
    struct promises_options opened;
    *promises = NULL;
    return options->central_key == NULL || (client_promises_read(options, path, is_tls, &opened, error) &&
                                            promises_open(&opened, promises, error));
}

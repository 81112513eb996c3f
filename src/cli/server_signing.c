#include "cli/server_signing.h"

#include "confine/user.h"
#include "ledger/notice.h"
#include "notary/folder.h"
#include "seal/origin.h"

#include <stdio.h>

static bool make_folder(const struct server_signing *signing, const struct server_options *options,
                        struct error *error) {
    struct user_rights rights;
    struct error reason;
    if (!user_rights_take(options->run_as, &rights, error)) {
        return false;
    }
    bool made = folder_make(signing->seal_dir, options->store.draw, &reason);
    user_rights_return(&rights);
    return made || error_set(error, reason.code, "SEAL_DIR: %s", reason.text);
}

// A draw of another name cannot be signed; one that is there already is none that was.
bool server_signing_open(struct server_signing *signing, const struct server_options *options,
                         struct error *error) {
    signing->notice = notice_new();
    if (signing->notice == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for what is signed");
    }
    if (!sign_options_open(&options->sign, options->number_mode, &signing->notary, error)) {
        return false;
    }
    if (signing->notary == NULL || !draw_name_is_valid(slice_of(options->store.draw))) {
        return true;
    }
    return sign_options_folder(&options->sign, options->store.address, signing->seal_dir,
                               sizeof signing->seal_dir, error) &&
           make_folder(signing, options, error);
}

void server_signing_path(const struct server_signing *signing, const struct server_options *options,
                         char path[PATH_MAX]) {
    path[0] = '\0';
    if (signing->seal_dir[0] != '\0' &&
        snprintf(path, PATH_MAX, "%s/draw-%s", signing->seal_dir, options->store.draw) >= PATH_MAX) {
        path[0] = '\0'; // folder_make has refused it
    }
}

void server_signing_tell(const struct server_signing *signing, struct ledger_options *ledger) {
    ledger->notary = signing->notary;
    ledger->seal_dir = signing->seal_dir[0] == '\0' ? NULL : signing->seal_dir;
    ledger->notice = signing->notice;
}

void server_signing_close(struct server_signing *signing) {
    notary_close(&signing->notary);
    notice_free(signing->notice);
    signing->notice = NULL;
}

#include "cli/signing.h"

#include "notary/key_file.h"
#include "seal/origin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make(const char *path, const char *name, struct signing_key **key, struct error *error) {
    *key = signing_key_generate(slice_of(name), VKEY_ED25519, error);
    return *key != NULL && key_file_make(path, *key, error);
}

static bool make_folder(const char *dir, struct error *error) {
    return mkdir(dir, 0700) == 0 || errno == EEXIST ||
           error_set_system(error, errno, "%.150s: cannot be made", dir);
}

// The file has no name in it, and the public key depends on it.
static void warn(const char *path, const char *name, bool is_new) {
    if (!is_new) {
        fprintf(
            stderr,
            "%s was there before, and does not say its name: if it was made with another one than %s, this "
            "public key is another one, too\n",
            path, name);
    }
    if (!sign_name_is_valid(slice_of(name))) {
        fprintf(
            stderr,
            "%s is no name for a central's key (SIGN_NAME): lower case letters, digits, '.' and '-', then "
            "any parts behind '/'; an approver's or a witness' it may be\n",
            name);
    }
}

bool signing_make(const char *dir, const char *name, struct error *error) {
    char path[PATH_MAX], text[VKEY_TEXT_BYTES];
    struct signing_key *key = NULL;
    if (!vkey_name_is_valid(slice_of(name))) {
        return error_set(error, ERROR_BAD_SETTING,
                         "--sign-name: \"%.120s\" is no name of a key, such as inspector.example/garcia: up "
                         "to %d printable characters, without spaces and '+'; a central's (SIGN_NAME), such "
                         "as lottery.example/central, has lower case letters, digits, '.' and '-', then any "
                         "parts behind '/'",
                         name, SIGN_NAME_BYTES_MAX);
    }
    if (snprintf(path, sizeof path, "%s/sign.key", dir) >= (int)sizeof path) {
        return error_set(error, ERROR_BAD_SETTING, "--dir: is too long");
    }
    if (!make_folder(dir, error)) {
        return false;
    }
    bool is_new = access(path, F_OK) != 0;
    bool done = is_new ? make(path, name, &key, error) : key_file_read(path, name, &key, error);
    if (done) {
        vkey_format(signing_key_public(key), text);
        printf("%s: %s; whoever has it signs as %s\npublic key: %s\n", path, is_new ? "made" : "kept", name,
               text);
        warn(path, name, is_new);
    }
    signing_key_free(key);
    return done;
}

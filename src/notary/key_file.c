#include "notary/key_file.h"

#include "base/path.h"
#include "notary/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

enum { PEM_BYTES_MAX = 4096 };

bool key_file_read(const char *path, const char *name, struct signing_key **key, struct error *error) {
    struct small_file file;
    struct error reason;
    *key = NULL;
    if (!vkey_name_is_valid(slice_of(name))) {
        return error_set(error, ERROR_BAD_SETTING,
                         "\"%.100s\" is no name of a key: up to %d printable characters, "
                         "without spaces and '+'",
                         name, SIGN_NAME_BYTES_MAX);
    }
    if (!small_file_read_secret(path, PEM_BYTES_MAX, &file, error)) {
        return false;
    }
    *key = signing_key_from_pem(slice_of(name), VKEY_ED25519, small_file_text(&file), &reason);
    small_file_free(&file);
    return *key != NULL ||
           error_set(error, reason.code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_BAD_SETTING,
                     "%.150s: %s", path, reason.text);
}

static bool make_file(const char *path, const char *bytes, size_t size, struct error *error) {
    char resolved[PATH_MAX];
    if (!path_resolve(path, resolved, error)) {
        return false;
    }
    int descriptor = open(resolved, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0 && errno == EEXIST) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%.150s: is there already, and a key is not replaced: name another file", path);
    }
    if (descriptor < 0) {
        return error_set_system(error, errno, "%.150s: cannot be made", path);
    }
    bool done =
        small_file_write(descriptor, (struct slice){bytes, size}) && path_sync_folder_if_able(resolved);
    if (!done) {
        error_set_system(error, errno, "%.150s: cannot be written", path);
        unlink(resolved);
    }
    close(descriptor);
    return done;
}

bool key_file_make(const char *path, const struct signing_key *key, struct error *error) {
    char pem[PEM_BYTES_MAX];
    size_t size;
    bool done = signing_key_to_pem(key, pem, sizeof pem, &size, error) && make_file(path, pem, size, error);
    OPENSSL_cleanse(pem, sizeof pem);
    return done;
}

#include "prove/salt_key.h"

#include "notary/small_file.h"
#include "seal/errors.h"

#include <assert.h>

static_assert((int)SECRET_BYTES == (int)AGENCY_KEY_BYTES, "both are files of one kind");

size_t salt_key_write(const uint8_t key[AGENCY_KEY_BYTES], char text[SALT_KEY_TEXT_BYTES]) {
    size_t length = base64_encode(key, AGENCY_KEY_BYTES, text);
    text[length++] = '\n';
    text[length] = '\0';
    return length;
}

bool salt_key_read(const char *path, uint8_t key[AGENCY_KEY_BYTES], struct error *error) {
    struct small_file file;
    if (!small_file_read_secret(path, SALT_KEY_TEXT_BYTES - 1, &file, error)) {
        return false;
    }
    bool done = file.size > 0 && file.bytes[file.size - 1] == '\n' &&
                base64_decode_exactly((struct slice){file.bytes, file.size - 1}, key, AGENCY_KEY_BYTES);
    small_file_free(&file);
    return done || error_set(error, ERROR_BAD_FORM, "%.150s: is not one line, base64 of %d bytes", path,
                             AGENCY_KEY_BYTES);
}

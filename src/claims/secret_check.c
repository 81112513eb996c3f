#include "claims/checks.h"

#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/form.h"

#include <openssl/crypto.h>

enum { SECRET_FILE_BYTES_MAX = 256 };

static_assert((int)SECRET_BYTES == (int)AGENCY_KEY_BYTES, "both are files of one kind");

// Reads a file of one line: 32 bytes in base64.
static bool read_secret(const struct source *source, uint8_t secret[SECRET_BYTES], struct error *error) {
    struct small_file file;
    struct form form;
    struct slice line;
    if (!source_read(source, SECRET_FILE_BYTES_MAX, &file, error)) {
        return false;
    }
    form_begin(&form, "the secret", small_file_text(&file));
    bool done = form_line(&form, &line, error) &&
                (base64_decode_exactly(line, secret, SECRET_BYTES) ||
                 form_refuse(&form, error, "is no base64 of %d bytes", SECRET_BYTES)) &&
                form_end(&form, error);
    small_file_free(&file);
    return done;
}

static bool take_secret(struct evidence *evidence, const struct source *source, const char *what,
                        struct error *error) {
    struct hash hash;
    if (!read_secret(source, evidence->secret, error)) {
        return false;
    }
    if (evidence->rules == NULL) {
        evidence->has_secret = true;
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "no rules, which have its hash");
        return true;
    }
    secret_hash(evidence->secret, &hash);
    if (!hash_equal(&hash, &evidence->rules->secret)) {
        return error_set(error, ERROR_FALSE_CLAIM, "is not the one whose hash is in the rules");
    }
    evidence->has_secret = true;
    verdicts_add(&evidence->verdicts, VERDICT_OK, what, "is the one whose hash is in the rules");
    return true;
}

static bool take_salt_key(struct evidence *evidence, const struct source *source, struct error *error) {
    uint8_t own[AGENCY_KEY_BYTES], from_secret[AGENCY_KEY_BYTES];
    if (!read_secret(source, own, error)) {
        return false;
    }
    bool is_other = evidence_agency_key(evidence, evidence->given->agency, from_secret) &&
                    CRYPTO_memcmp(own, from_secret, sizeof own) != 0;
    if (!is_other) {
        memcpy(evidence->salt_key, own, sizeof own);
        evidence->has_salt_key = true;
    }
    OPENSSL_cleanse(own, sizeof own);
    OPENSSL_cleanse(from_secret, sizeof from_secret);
    return !is_other || error_set(error, ERROR_FALSE_CLAIM, "is not the one that the salts' secret gives");
}

bool check_secrets(struct evidence *evidence, struct error *error) {
    const struct source *secret = given_file(evidence->given, GIVEN_SECRET);
    const struct source *salt_key = given_file(evidence->given, GIVEN_SALT_KEY);
    char what[WHAT_BYTES];
    if (secret != NULL) {
        what_of(what, "secret", secret->path);
        if (!take_secret(evidence, secret, what, error) &&
            !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    if (salt_key != NULL) {
        what_of(what, "salt key", salt_key->path);
        if (!take_salt_key(evidence, salt_key, error) && !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

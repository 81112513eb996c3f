#include "agency/kept_after.h"

#include "base/translate.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/limits.h"
#include "seal/note.h"
#include "seal/result.h"
#include "seal/salt.h"

#include <openssl/crypto.h>

// Returns false.
static bool refuse(const struct kept_texts *texts, const char *suffix, const char *why, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING,
                     "%.100s/%.50s.%s: %.120s: move the files of another draw away, or name another place "
                     "(--receipts)",
                     texts->folder.path, texts->name, suffix, translate(why));
}

static bool is_of(const struct vkey *key, struct slice seal, struct slice bytes, struct error *error) {
    struct note sealed, note;
    struct result result;
    struct hash hash;
    if (seal.text == NULL) {
        return error_set(error, ERROR_FALSE_CLAIM, "is there without a seal");
    }
    if (!note_parse("the seal", seal, &sealed, error) || !note_parse("the result", bytes, &note, error) ||
        !note_check(&note, key, error) || !result_parse(note.text, &result, error)) {
        return false;
    }
    hash_of(sealed.text.text, sealed.text.length, &hash);
    return hash_equal(&result.seal, &hash) ||
           error_set(error, ERROR_FALSE_CLAIM, "is of draw %.*s, or of another seal",
                     (int)result.origin.length, result.origin.text);
}

bool kept_after_check_result(const struct kept_texts *texts, const struct vkey *key, struct slice seal,
                             struct error *error) {
    struct small_file file;
    struct error reason;
    bool found;
    if (!kept_texts_read(texts, "result", &file, &found, error)) {
        return false;
    }
    bool done = !found || is_of(key, seal, small_file_text(&file), &reason);
    small_file_free(&file);
    if (done) {
        return true;
    }
    *error = reason;
    return reason.code != ERROR_NO_MEMORY && refuse(texts, "result", reason.text, error);
}

// One line, as `quiniela verify --salt-key` reads it.
static bool is_key(struct slice text) {
    uint8_t key[AGENCY_KEY_BYTES];
    bool done = text.length > 0 && text.text[text.length - 1] == '\n' &&
                base64_decode_exactly((struct slice){text.text, text.length - 1}, key, sizeof key);
    OPENSSL_cleanse(key, sizeof key);
    return done;
}

bool kept_after_find_key(const struct kept_texts *texts, struct slice seal, bool *has_key,
                         struct error *error) {
    struct small_file file;
    if (!kept_texts_read(texts, "salt-key", &file, has_key, error)) {
        return false;
    }
    bool is_one = *has_key && is_key(small_file_text(&file));
    small_file_free(&file);
    if (*has_key && !is_one) {
        return refuse(texts, "salt-key", "is there, and is no salt key", error);
    }
    return !*has_key || seal.text != NULL || refuse(texts, "salt-key", "is there without a seal", error);
}

#include "agency/promises.h"

#include "agency/errors.h"
#include "agency/kept_after.h"
#include "agency/kept_texts.h"
#include "agency/promised_receipt.h"
#include "agency/receipts_file.h"
#include "agency/rules_told.h"
#include "base/memory.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/salt.h"

#include <openssl/crypto.h>

struct promises {
    struct promises_options options;
    struct kept_texts texts;
    struct receipts_file *receipts;
    struct kept_rules rules;
    struct small_file seal; // the note; bytes NULL: none has come
    bool has_key;           // the agency's salt key is kept
};

static struct slice slice_from(struct bet_slice text) {
    return (struct slice){text.text, text.length};
}

// The key that signs this draw.
static const struct vkey *draw_key(const struct promises *promises) {
    return rules_told_key(&promises->rules, &promises->options.key);
}

// Opening
// ----------------------------------------------------------------------------------------------------

static bool check_receipts(const struct promises *promises, struct error *error) {
    const struct rules *rules = kept_rules_newest(&promises->rules);
    struct slice origin = receipts_file_origin(promises->receipts);
    return rules == NULL || origin.length == 0 || slice_equal(origin, rules->origin) ||
           error_set(
               error, ERROR_BAD_SETTING,
               "%.150s: has receipts of draw %.*s, and the rules beside it are of draw %.*s: name another "
               "place (--receipts)",
               promises->options.receipts, (int)origin.length, origin.text, (int)rules->origin.length,
               rules->origin.text);
}

// Where there are no rules beside them.
static bool check_seal_with_receipts(const struct promises *promises, struct error *error) {
    struct slice origin = receipts_file_origin(promises->receipts);
    struct slice sealed = promised_seal_origin(&promises->seal);
    return origin.length == 0 || slice_equal(origin, sealed) ||
           error_set(
               error, ERROR_BAD_SETTING,
               "%.150s: has receipts of draw %.*s, and the seal beside it is of draw %.*s: name another "
               "place (--receipts)",
               promises->options.receipts, (int)origin.length, origin.text, (int)sealed.length, sealed.text);
}

// The seal is said to be on the disk from here on: whoever wrote it may not have come to that, and now it is
// synced.
static bool read_seal(struct promises *promises, struct error *error) {
    const struct kept_texts *texts = &promises->texts;
    bool has_seal;
    return kept_texts_read(texts, "seal", &promises->seal, &has_seal, error) &&
           (!has_seal ||
            (promised_seal_check_kept(texts, draw_key(promises), &promises->rules, &promises->seal, error) &&
             check_seal_with_receipts(promises, error) &&
             kept_texts_write(texts, "seal", small_file_text(&promises->seal), error)));
}

static bool read_kept(struct promises *promises, struct error *error) {
    const struct kept_texts *texts = &promises->texts;
    return rules_told_read(texts, &promises->options.key, &promises->rules, error) &&
           check_receipts(promises, error) && read_seal(promises, error) &&
           kept_after_check_result(texts, draw_key(promises), small_file_text(&promises->seal), error) &&
           (!promises->options.asks_key ||
            kept_after_find_key(texts, small_file_text(&promises->seal), &promises->has_key, error));
}

bool promises_open(const struct promises_options *options, struct promises **result, struct error *error) {
    struct promises *promises = memory_zeroed(1, sizeof *promises);
    *result = promises;
    if (promises == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the central's promises");
    }
    promises->options = *options;
    promises->texts.folder.descriptor = -1;
    const char *trial = options->only_looks ? "look" : "trial"; // who looks is in nobody's way
    if (receipts_file_open(options->receipts, options->agency, options->only_looks, &promises->receipts,
                           error) &&
        kept_texts_open(options->receipts, &promises->texts, error) &&
        (options->makes_nothing || kept_texts_try(&promises->texts, trial, error)) &&
        read_kept(promises, error)) {
        return true;
    }
    promises_close(result);
    return false;
}

void promises_close(struct promises **promises) {
    if (*promises != NULL) {
        receipts_file_close(&(*promises)->receipts);
        kept_texts_close(&(*promises)->texts);
        kept_rules_free(&(*promises)->rules);
        small_file_free(&(*promises)->seal);
        memory_free(*promises);
        *promises = NULL;
    }
}

uint64_t promises_covered(const struct promises *promises) {
    return receipts_file_covered(promises->receipts);
}

struct bet_slice promises_seal(const struct promises *promises) {
    return (struct bet_slice){promises->seal.bytes, promises->seal.size};
}

bool promises_lack_key(const struct promises *promises) {
    return promises->options.asks_key && !promises->has_key;
}

// Taking
// -----------------------------------------------------------------------------------------------------

// The draw of what is kept besides the rules; empty: nothing is.
static struct slice others_origin(const struct promises *promises) {
    struct slice origin = receipts_file_origin(promises->receipts);
    return origin.length > 0 || promises->seal.bytes == NULL ? origin : promised_seal_origin(&promises->seal);
}

static bool take_rules(struct promises *promises, const struct reply *reply, struct error *error) {
    if (reply->is_unsigned) {
        return error_set(
            error, ERROR_NOT_SIGNED,
            "the central's draw is not signed, and this agency was given a key (CENTRAL_KEY): ask "
            "the operator whether this is the right central");
    }
    if (reply->rules.text == NULL) {
        return error_set(error, ERROR_NOT_SIGNED,
                         "the central does not tell the rules of its draw: it is an older one, which signs "
                         "none, and this agency was given a key (CENTRAL_KEY)");
    }
    return rules_told_take(&promises->texts, &promises->options.key, others_origin(promises),
                           slice_from(reply->rules), &promises->rules, error);
}

static bool take_receipt(struct promises *promises, const struct sent *sent, const struct reply *reply,
                         struct error *error) {
    const struct promised promised = {
        .key = draw_key(promises),
        .rules = &promises->rules,
        .agency = promises->options.agency,
        .sent = sent,
        .has_rules = sent->wants.rules,
    };
    if (!reply->has_receipt) {
        return error_set(error, ERROR_NETWORK, "the central gave no receipt for what it has stored");
    }
    return promised_receipt_keep(&promised, &reply->receipt, promises->receipts, &promises->texts, error);
}

bool promises_take_chunk(struct promises *promises, const struct sent *sent, const struct reply *reply,
                         struct error *error) {
    return (!sent->wants.rules || take_rules(promises, reply, error)) &&
           (!sent->wants.receipt || take_receipt(promises, sent, reply, error));
}

static bool take_seal(struct promises *promises, const struct reply *reply, bool *is_new,
                      struct error *error) {
    *is_new = false;
    return reply->seal.text == NULL ||
           promised_seal_take(&promises->texts, draw_key(promises), &promises->rules, slice_from(reply->seal),
                              &promises->seal, is_new, error);
}

// One line, as `quiniela verify --salt-key` reads it.
static bool take_key(struct promises *promises, const struct reply *reply, struct error *error) {
    uint8_t key[AGENCY_KEY_BYTES];
    char line[BASE64_TEXT_BYTES(AGENCY_KEY_BYTES) + 1];
    if (reply->key.text == NULL || promises->seal.bytes == NULL || !promises_lack_key(promises)) {
        return true;
    }
    if (!base64_decode_exactly(slice_from(reply->key), key, sizeof key)) {
        return error_set(error, ERROR_BAD_FORM, "the central's salt key is no base64 of 32 bytes");
    }
    size_t length = base64_encode(key, sizeof key, line);
    line[length++] = '\n';
    promises->has_key = kept_texts_write(&promises->texts, "salt-key", (struct slice){line, length}, error);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(line, sizeof line);
    return promises->has_key;
}

bool promises_take_waiting(struct promises *promises, const struct reply *reply, bool *is_new,
                           struct error *error) {
    *is_new = false;
    return take_rules(promises, reply, error) && take_seal(promises, reply, is_new, error) &&
           take_key(promises, reply, error);
}

bool promises_take_winners(struct promises *promises, const struct reply *reply,
                           struct promised_result *result, struct error *error) {
    bool is_new;
    if (reply->seal.text == NULL || reply->result.text == NULL) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the central told winners without the seal of the draw and its signed result");
    }
    return take_rules(promises, reply, error) && take_seal(promises, reply, &is_new, error) &&
           promised_result_keep(&promises->texts, draw_key(promises), small_file_text(&promises->seal),
                                slice_from(reply->result), result, error) &&
           take_key(promises, reply, error);
}

void promises_refute_winners(const struct promises *promises, struct bet_slice documents,
                             struct error *error) {
    promised_result_refute(&promises->texts, slice_from(documents), error);
}

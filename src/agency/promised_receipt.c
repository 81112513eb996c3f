#include "agency/promised_receipt.h"

#include "agency/rules_told.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/note.h"

#include <inttypes.h>

static struct slice slice_from(struct bet_slice text) {
    return (struct slice){text.text, text.length};
}

static bool decode_path(const struct reply_receipt *receipt, struct merkle_path *path, struct error *error) {
    static_assert((int)RECEIPT_PATH_MAX <= (int)MERKLE_LEVELS_MAX, "every path that is read has room");
    path->length = receipt->path_length;
    for (size_t i = 0; i < path->length; i++) {
        if (!base64_decode_exactly(slice_from(receipt->path[i]), path->hashes[i].bytes, HASH_BYTES)) {
            return error_set(error, ERROR_BAD_FORM, "the receipt's path has what is no hash");
        }
    }
    return true;
}

static bool check_note(const struct promised *promised, const struct given_receipt *given,
                       struct error *error) {
    struct note note;
    struct receipts commit;
    return note_parse("the receipts' note", given->note, &note, error) &&
           note_check(&note, promised->key, error) && receipts_parse(note.text, &commit, error) &&
           receipts_hold(&commit, given->entry, given->index, given->path, error);
}

// Whether it is for what was sent.
static bool check_chunk(const struct promised *promised, const struct receipt *receipt, struct error *error) {
    const struct sent *sent = promised->sent;
    bool is_of = slice_equal(receipt->origin, kept_rules_newest(promised->rules)->origin) &&
                 receipt->agency == promised->agency && receipt->count == sent->count &&
                 receipt->first == sent->end - sent->count &&
                 memcmp(receipt->digest.bytes, sent->digest, sizeof sent->digest) == 0;
    return is_of || error_set(error, ERROR_FALSE_CLAIM,
                              "the receipt is not for bets %" PRIu64 " to %" PRIu64 " as they were sent",
                              sent->end - sent->count + 1, sent->end);
}

static bool check_rules(const struct promised *promised, const struct receipt *receipt, struct error *error) {
    if (rules_told_has(promised->rules, &receipt->rules)) {
        return true;
    }
    return promised->has_rules
               ? error_set(error, ERROR_FALSE_CLAIM,
                           "the receipt names a record of the rules that the central does not tell")
               : error_set(error, ERROR_NETWORK, "the rules have changed: they are asked for again");
}

static bool check(const struct promised *promised, const struct given_receipt *given, struct receipt *receipt,
                  struct error *error) {
    return receipt_parse(given->entry, receipt, error) && check_note(promised, given, error) &&
           check_chunk(promised, receipt, error) && check_rules(promised, receipt, error);
}

// For whoever is to judge it.
static bool refuse(const struct kept_texts *texts, const struct given_receipt *given, struct error *error) {
    struct error reason = *error, ignored;
    bool is_false = reason.code == ERROR_FALSE_CLAIM || reason.code == ERROR_BAD_FORM;
    if (is_false && kept_texts_write(texts, "false-receipt", given->entry, &ignored) &&
        kept_texts_write(texts, "false-receipt-note", given->note, &ignored)) {
        error_set(error, reason.code, "%.200s; it is kept as %.100s/%.40s.false-receipt", reason.text,
                  texts->folder.path, texts->name);
    }
    return false;
}

bool promised_receipt_keep(const struct promised *promised, const struct reply_receipt *told,
                           struct receipts_file *file, const struct kept_texts *texts, struct error *error) {
    char entry[RECEIPT_BYTES_MAX];
    struct merkle_path path;
    struct given_receipt given = {.note = slice_from(told->note), .index = told->index, .path = &path};
    struct receipt receipt;
    given.entry.text = entry;
    if (!base64_decode(slice_from(told->entry), entry, sizeof entry, &given.entry.length)) {
        return error_set(error, ERROR_BAD_FORM, "the receipt's entry is no base64, or too long");
    }
    if (!decode_path(told, &path, error) || !check(promised, &given, &receipt, error)) {
        return refuse(texts, &given, error);
    }
    return receipts_file_add(file, &given, &receipt, error);
}

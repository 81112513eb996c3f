#include "seal/receipt.h"

#include "seal/decimal.h"
#include "seal/draft.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/form.h"
#include "seal/instant.h"

#include <assert.h>
#include <inttypes.h>

size_t receipt_write(const struct receipt *receipt, char text[RECEIPT_BYTES_MAX]) {
    struct draft draft;
    draft_begin(&draft, text, RECEIPT_BYTES_MAX);
    draft_print(&draft, "quiniela receipt v1\n%.*s", (int)receipt->origin.length, receipt->origin.text);
    draft_hash(&draft, "\nrules ", &receipt->rules, "\n");
    draft_print(&draft, "%" PRIu32 " %" PRIu64 " %" PRIu64, receipt->agency, receipt->first, receipt->count);
    draft_hash(&draft, " ", &receipt->digest, "\n");
    draft_base64(&draft, receipt->nonce, sizeof receipt->nonce);
    draft_print(&draft, "\n");
    assert(!draft.is_over);
    return draft.length;
}

static bool take_chunk(struct form *form, struct receipt *receipt, struct error *error) {
    struct slice line, parts[4];
    uint64_t agency;
    if (!form_line(form, &line, error)) {
        return false;
    }
    if (!form_cut(line, parts, 4) || !decimal_parse(parts[0], AGENCIES_MAX, &agency) || agency == 0 ||
        !decimal_parse(parts[1], UINT64_MAX, &receipt->first) ||
        !decimal_parse(parts[2], UINT64_MAX - receipt->first, &receipt->count) ||
        !base64_decode_exactly(parts[3], receipt->digest.bytes, sizeof receipt->digest.bytes)) {
        return form_refuse(form, error, "is not an agency, its first bet, how many, and their digest");
    }
    receipt->agency = (uint32_t)agency;
    return true;
}

static bool take_nonce(struct form *form, struct receipt *receipt, struct error *error) {
    struct slice line;
    if (!form_line(form, &line, error)) {
        return false;
    }
    return base64_decode_exactly(line, receipt->nonce, sizeof receipt->nonce) ||
           form_refuse(form, error, "is no base64 of 16 bytes");
}

bool receipt_parse(struct slice text, struct receipt *receipt, struct error *error) {
    struct form form;
    form_begin(&form, "the receipt", text);
    return form_literal(&form, "quiniela receipt v1", error) && form_origin(&form, &receipt->origin, error) &&
           form_hash(&form, "rules", &receipt->rules, error) && take_chunk(&form, receipt, error) &&
           take_nonce(&form, receipt, error) && form_end(&form, error);
}

size_t receipts_write(const struct receipts *receipts, char text[RECEIPT_BYTES_MAX]) {
    char time[INSTANT_TEXT_BYTES];
    struct draft draft;
    instant_format(receipts->time, time);
    draft_begin(&draft, text, RECEIPT_BYTES_MAX);
    draft_print(&draft, "quiniela receipts v1\n%.*s\n%" PRIu64 "\n", (int)receipts->origin.length,
                receipts->origin.text, receipts->size);
    draft_hash(&draft, "", &receipts->root, "\n");
    draft_print(&draft, "time %s\n", time);
    assert(!draft.is_over);
    return draft.length;
}

bool receipts_parse(struct slice text, struct receipts *receipts, struct error *error) {
    struct form form;
    struct slice size;
    form_begin(&form, "the receipts' note", text);
    if (!form_literal(&form, "quiniela receipts v1", error) ||
        !form_origin(&form, &receipts->origin, error) || !form_line(&form, &size, error)) {
        return false;
    }
    if (!decimal_parse(size, UINT64_MAX, &receipts->size) || receipts->size == 0) {
        return form_refuse(&form, error, "is no decimal number of entries");
    }
    return form_hash(&form, "", &receipts->root, error) &&
           form_instant(&form, "time", &receipts->time, error) && form_end(&form, error);
}

bool receipts_hold(const struct receipts *receipts, struct slice entry, uint64_t index,
                   const struct merkle_path *path, struct error *error) {
    struct receipt receipt;
    struct hash leaf, root;
    if (!receipt_parse(entry, &receipt, error)) {
        return false;
    }
    if (!slice_equal(receipt.origin, receipts->origin)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the receipt is of another draw than its note");
    }
    merkle_leaf(entry.text, entry.length, &leaf);
    if (!merkle_path_root(path, index, receipts->size, &leaf, &root) || !hash_equal(&root, &receipts->root)) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the receipt is not entry %" PRIu64 " of the %" PRIu64 " signed", index,
                         receipts->size);
    }
    return true;
}

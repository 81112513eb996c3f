#include "notary/commit_receipts.h"

#include "seal/merkle.h"
#include "seal/note.h"
#include "seal/salt.h"

void commit_receipts_begin(struct commit_receipts *receipts, struct slice origin, const struct hash *rules,
                           const uint8_t *secret) {
    receipts->origin = origin;
    receipts->rules = *rules;
    receipts->secret = secret;
    receipts->note_size = 0;
    merkle_tree_begin(&receipts->tree);
}

void commit_receipts_end(struct commit_receipts *receipts) {
    merkle_tree_free(&receipts->tree);
}

bool commit_receipts_add(struct commit_receipts *receipts, uint32_t agency, uint64_t first, uint64_t count,
                         const struct hash *digest, char entry[RECEIPT_BYTES_MAX], size_t *length) {
    struct receipt receipt = {.origin = receipts->origin,
                              .rules = receipts->rules,
                              .agency = agency,
                              .first = first,
                              .count = count,
                              .digest = *digest};
    uint8_t key[AGENCY_KEY_BYTES];
    struct salts salts;
    struct hash leaf;
    agency_key_make(receipts->secret, receipts->origin, agency, key);
    salts_begin(&salts, key);
    salt_of_receipt(&salts, first, count, receipt.nonce);
    *length = receipt_write(&receipt, entry);
    merkle_leaf(entry, *length, &leaf);
    return merkle_tree_add(&receipts->tree, &leaf);
}

bool commit_receipts_sign(struct commit_receipts *receipts, const struct notary *notary, uint64_t time,
                          struct error *error) {
    const struct signing_key *keys[1] = {notary->key};
    struct receipts text = {
        .origin = receipts->origin, .size = merkle_tree_count(&receipts->tree), .time = time};
    char bytes[RECEIPT_BYTES_MAX];
    struct draft draft;
    merkle_tree_root(&receipts->tree, text.size, &text.root);
    draft_begin(&draft, receipts->note, sizeof receipts->note);
    if (!note_sign(&draft, (struct slice){bytes, receipts_write(&text, bytes)}, keys, 1, error)) {
        return false;
    }
    receipts->note_size = draft.length;
    return true;
}

void commit_receipts_path(const struct commit_receipts *receipts, uint64_t index, struct merkle_path *path) {
    merkle_tree_path(&receipts->tree, index, merkle_tree_count(&receipts->tree), path);
}

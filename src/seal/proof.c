#include "seal/proof.h"

#include "seal/encoding.h"
#include "seal/errors.h"

#include <inttypes.h>

static bool take_salt(struct form *form, struct proof *proof, struct error *error) {
    struct slice text;
    if (!form_value(form, "salt", &text, error)) {
        return false;
    }
    return base64_decode_exactly(text, proof->salt, sizeof proof->salt) ||
           form_refuse(form, error, "salt: is no base64 of 16 bytes");
}

static bool take_state(struct form *form, struct proof *proof, struct error *error) {
    struct slice text;
    if (!form_value(form, "state", &text, error)) {
        return false;
    }
    return entry_state_parse(text, &proof->state) ||
           form_refuse(form, error, "state: is neither finished nor cut");
}

static bool take_bet(struct form *form, struct proof *proof, struct error *error) {
    struct error fault;
    if (!form_line(form, &proof->text, error)) {
        return false;
    }
    return bet_text_parse(proof->text, &proof->bet, &fault) || form_refuse(form, error, "%s", fault.text);
}

bool proof_parse(struct slice text, struct proof *proof, struct error *error) {
    struct form form;
    if (text.length > PROOF_BYTES_MAX) {
        return error_set(error, ERROR_BAD_FORM, "the proof: has more than %d bytes", PROOF_BYTES_MAX);
    }
    form_begin(&form, "the proof", text);
    return form_literal(&form, "quiniela proof v1", error) && take_salt(&form, proof, error) &&
           take_state(&form, proof, error) &&
           form_number(&form, "count", 1, UINT64_MAX, &proof->count, error) &&
           take_bet(&form, proof, error) && path_take(&form, &proof->path, error) &&
           tlog_proof_take(&form, &proof->agency, error);
}

void proof_put(struct draft *draft, const struct proof *proof) {
    draft_print(draft, "quiniela proof v1\nsalt ");
    draft_base64(draft, proof->salt, sizeof proof->salt);
    draft_print(draft, "\nstate %s\ncount %" PRIu64 "\n", entry_state_name(proof->state), proof->count);
    draft_add(draft, proof->text);
    draft_print(draft, "\n");
    path_put(draft, &proof->path);
    draft_print(draft, "\n");
    tlog_proof_put(draft, &proof->agency);
}

bool proof_root(const struct proof *proof, struct hash *root, struct error *error) {
    struct hash leaf;
    bet_text_leaf(proof->salt, proof->text, &leaf);
    return merkle_path_root(&proof->path, proof->bet.index, proof->count, &leaf, root) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "the proof's path is not that of bet %" PRIu64 " of an agency with %" PRIu64,
                     proof->bet.index, proof->count);
}

bool proof_check(const struct proof *proof, const struct vkey *key, struct slice origin,
                 struct checkpoint *seal, struct error *error) {
    struct agency_entry entry = {.agency = proof->bet.agency, .state = proof->state, .count = proof->count};
    return proof_root(proof, &entry.root, error) &&
           tlog_proof_check(&proof->agency, key, origin, &entry, seal, error);
}

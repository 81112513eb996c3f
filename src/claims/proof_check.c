#include "claims/checks.h"

#include "seal/errors.h"
#include "seal/proof.h"
#include "seal/proof_code.h"

#include <inttypes.h>
#include <stdlib.h>

// What a proof or a code shows if its seal is right.
struct shown {
    const struct proof *proof;
    struct agency_entry entry; // what the bet's path leads to
    struct checkpoint seal;
    bool is_signed;
    struct note_file *note; // of a text: its seal; NULL: of a code
};

static bool keep_proof(struct evidence *evidence, const char *what, const struct proof *proof,
                       struct error *error) {
    struct known_proof *proofs = reallocarray(evidence->proofs, evidence->proof_count + 1, sizeof *proofs);
    if (proofs == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for proofs");
    }
    evidence->proofs = proofs;
    strcpy(proofs[evidence->proof_count].what, what);
    proofs[evidence->proof_count++].number = proof->bet.number;
    return true;
}

static bool keep_note(struct evidence *evidence, const char *what, struct note_file *note,
                      struct error *error) {
    const struct rules *rules = evidence->rules;
    evidence_tell_unknown(evidence, what, note->note, rules != NULL ? rules->witnesses : NULL,
                          rules != NULL ? rules->witness_count : 0);
    return evidence_keep_copy(evidence, note, NULL, error);
}

static void say_what_is_shown(struct evidence *evidence, const char *what, const struct shown *shown) {
    const struct proof *proof = shown->proof;
    verdicts_add(&evidence->verdicts, shown->is_signed ? VERDICT_OK : VERDICT_NOT_CHECKED, what,
                 "bet %" PRIu64 " of agency %" PRIu32 " (%s, %" PRIu64 " bets) %s: %.*s", proof->bet.index,
                 proof->bet.agency, entry_state_name(proof->state), proof->count,
                 shown->is_signed ? "is in the seal" : "leads to a seal whose signature there is no key for",
                 (int)proof->bet.row.length, proof->bet.row.text);
}

static bool take_shown(struct evidence *evidence, const char *what, const struct shown *shown,
                       struct error *error) {
    if (!evidence_take_seal(evidence, &shown->seal, shown->is_signed, error) ||
        !evidence_add_entry(evidence, &shown->entry, error) ||
        !keep_proof(evidence, what, shown->proof, error)) {
        return false;
    }
    if (shown->note != NULL && !keep_note(evidence, what, shown->note, error)) {
        return false;
    }
    say_what_is_shown(evidence, what, shown);
    return true;
}

static bool is_of_draw(struct evidence *evidence, const struct shown *shown, struct error *error) {
    uint32_t agency = shown->proof->bet.agency, wanted = evidence->given->agency;
    if (!evidence_take_origin(evidence, shown->seal.origin, error)) {
        return false;
    }
    return wanted == 0 || wanted == agency ||
           error_set(error, ERROR_FALSE_CLAIM, "is of agency %" PRIu32 ", and --agency is %" PRIu32, agency,
                     wanted);
}

static struct agency_entry entry_of(const struct proof *proof, struct slice origin) {
    return (struct agency_entry){
        .origin = origin, .agency = proof->bet.agency, .state = proof->state, .count = proof->count};
}

// Texts -----------------------------------------------------------------------------------------------------

// That the paths lead from the bet to the root of the seal.
static bool leads_to_seal(struct shown *shown, struct error *error) {
    const struct tlog_proof *half = &shown->proof->agency;
    struct hash leaf, root;
    if (half->index != shown->proof->bet.agency) {
        return error_set(error, ERROR_FALSE_CLAIM, "the proof is of another agency than its bet");
    }
    shown->entry = entry_of(shown->proof, shown->seal.origin);
    if (!proof_root(shown->proof, &shown->entry.root, error)) {
        return false;
    }
    agency_entry_leaf(&shown->entry, &leaf);
    return (merkle_path_root(&half->path, half->index, shown->seal.size, &leaf, &root) &&
            hash_equal(&root, &shown->seal.root)) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "the proof does not lead to the seal: what it says of agency %" PRIu32 " is not sealed",
                     shown->entry.agency);
}

static bool take_text(struct evidence *evidence, const char *what, struct note_file *file,
                      struct error *error) {
    struct proof proof;
    struct shown shown = {.proof = &proof, .note = file};
    return proof_parse(small_file_text(&file->file), &proof, error) &&
           note_parse("the proof's seal", proof.agency.note, file->note, error) &&
           checkpoint_parse(file->note->text, &shown.seal, error) && leads_to_seal(&shown, error) &&
           is_of_draw(evidence, &shown, error) &&
           evidence_check_signed(evidence, file->note, &shown.is_signed, error) &&
           take_shown(evidence, what, &shown, error);
}

// Codes -----------------------------------------------------------------------------------------------------

static bool check_code_signed(const struct evidence *evidence, const struct proof_code *code,
                              struct shown *shown, struct error *error) {
    const struct vkey *keys;
    char text[CHECKPOINT_BYTES_MAX];
    size_t count = evidence_keys(evidence, &keys), length = checkpoint_write(&shown->seal, text);
    for (size_t i = 0; i < count; i++) {
        if (slice_is(code->key_name, keys[i].name) && memcmp(code->key_id, keys[i].id, KEY_ID_BYTES) == 0) {
            shown->is_signed = true;
            struct error reason;
            return vkey_verify(&keys[i], text, length, code->signature, &reason) ||
                   error_set(error, reason.code, "the code: %s", reason.text);
        }
    }
    char names[NAMES_BYTES];
    names_of(keys, count, names);
    return count == 0 || error_set(error, ERROR_FALSE_CLAIM, "is not signed by %s", names);
}

// The bytes of a code that is a line of base32, alone or behind an address and '#'.
static bool decode(struct slice text, uint8_t bytes[PROOF_CODE_BYTES_MAX], size_t *length,
                   struct error *error) {
    if (text.length > 0 && text.text[text.length - 1] == '\n') {
        text.length--;
    }
    const char *fragment = text.length == 0 ? NULL : memrchr(text.text, '#', text.length);
    if (fragment != NULL) {
        text.length -= (size_t)(fragment + 1 - text.text);
        text.text = fragment + 1;
    }
    return base32_decode(text, bytes, PROOF_CODE_BYTES_MAX, length) ||
           error_set(error, ERROR_BAD_FORM, "the code: is neither its bytes nor base32");
}

static bool take_code(struct evidence *evidence, const char *what, struct note_file *file,
                      struct error *error) {
    uint8_t decoded[PROOF_CODE_BYTES_MAX];
    struct slice text = small_file_text(&file->file);
    const uint8_t *bytes = (const uint8_t *)text.text;
    size_t length = text.length;
    struct proof_code code;
    struct shown shown = {.proof = &code.proof};
    if (length == 0 || bytes[0] != 0x01) {
        bytes = decoded;
        if (!decode(text, decoded, &length, error)) {
            return false;
        }
    }
    if (!proof_code_parse(bytes, length, &code, error) || !proof_code_seal(&code, &shown.seal, error)) {
        return false;
    }
    shown.entry = entry_of(&code.proof, code.origin);
    return proof_root(&code.proof, &shown.entry.root, error) && is_of_draw(evidence, &shown, error) &&
           check_code_signed(evidence, &code, &shown, error) && take_shown(evidence, what, &shown, error);
}

// Both ------------------------------------------------------------------------------------------------------

static bool check_each(struct evidence *evidence, enum given_kind kind, const char *name,
                       bool (*take)(struct evidence *, const char *, struct note_file *, struct error *),
                       struct error *error) {
    const struct given_files *files = &evidence->given->files[kind];
    for (size_t i = 0; i < files->count; i++) {
        char what[WHAT_BYTES];
        struct note_file file = {.note = malloc(sizeof *file.note)};
        what_of(what, name, files->list[i]->path);
        bool done = file.note == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for a proof")
                                      : source_read(files->list[i], PROOF_BYTES_MAX, &file.file, error) &&
                                            take(evidence, what, &file, error);
        note_file_free(&file);
        if (!done && !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

bool check_proofs(struct evidence *evidence, struct error *error) {
    return check_each(evidence, GIVEN_PROOF, "proof", take_text, error) &&
           check_each(evidence, GIVEN_CODE, "code", take_code, error);
}

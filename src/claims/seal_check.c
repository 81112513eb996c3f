#include "claims/checks.h"

#include "seal/encoding.h"

static bool take_seal(struct evidence *evidence, const char *what, const struct source *source,
                      struct note_file *file, struct error *error) {
    struct checkpoint seal;
    bool is_signed;
    if (!checkpoint_parse(file->note->text, &seal, error) ||
        !evidence_take_origin(evidence, seal.origin, error) ||
        !evidence_check_signed(evidence, file->note, &is_signed, error) ||
        !evidence_take_seal(evidence, &seal, is_signed, error) ||
        !evidence_keep_copy(evidence, file, source, error)) {
        return false;
    }
    char hash[HEX_TEXT_BYTES(HASH_BYTES)];
    hex_encode(evidence->seal_hash.bytes, HASH_BYTES, hash);
    if (is_signed) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what, "of %s, signed; SHA-256 %s", evidence->origin,
                     hash);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "no key to check its signature with");
    }
    const struct rules *rules = evidence->rules;
    evidence_tell_unknown(evidence, what, file->note, rules != NULL ? rules->witnesses : NULL,
                          rules != NULL ? rules->witness_count : 0);
    return true;
}

static bool check_seal(struct evidence *evidence, const struct source *source, struct error *error) {
    char what[WHAT_BYTES];
    struct note_file file;
    what_of(what, "seal", source->path);
    bool done = note_file_read(source, "the seal", &file, error);
    if (done) {
        done = take_seal(evidence, what, source, &file, error);
        note_file_free(&file);
    }
    return done || verdicts_refuse(&evidence->verdicts, what, error);
}

bool check_seals(struct evidence *evidence, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_SEAL];
    for (size_t i = 0; i < files->count; i++) {
        if (!check_seal(evidence, files->list[i], error)) {
            return false;
        }
    }
    return true;
}

#include "claims/checks.h"

#include "seal/errors.h"
#include "seal/result.h"

#include <inttypes.h>

// A second result must say the same.
static bool is_same(const struct evidence *evidence, const struct result *result, bool is_signed,
                    struct error *error) {
    return !evidence->has_result ||
           (evidence->result_number == result->number && evidence->result_winners == result->winners &&
            hash_equal(&evidence->result_seal, &result->seal)) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "says %04u and %" PRIu64 " winners, and another result %04u and %" PRIu64
                     ": two results of one draw%s",
                     result->number, result->winners, evidence->result_number, evidence->result_winners,
                     is_signed ? ". A fraud, whichever is right" : "");
}

static bool take_result(struct evidence *evidence, const char *what, const struct note *note,
                        struct error *error) {
    struct result result;
    bool is_signed, is_sealed;
    if (!result_parse(note->text, &result, error) || !evidence_take_origin(evidence, result.origin, error) ||
        !evidence_check_signed(evidence, note, &is_signed, error) ||
        !evidence_check_seal_hash(evidence, &result.seal, &is_sealed, error)) {
        return false;
    }
    if (!is_same(evidence, &result, is_signed, error)) {
        return false;
    }
    evidence->has_result = true;
    evidence->result_number = result.number;
    evidence->result_winners = result.winners;
    evidence->result_seal = result.seal;
    evidence_tell_unknown(evidence, what, note, NULL, 0);
    if (is_signed && is_sealed) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what, "%04u, %" PRIu64 " winners: signed, of this seal",
                     result.number, result.winners);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "%04u, %" PRIu64 " winners: no %s",
                     result.number, result.winners,
                     is_signed ? "seal it is of" : "key to check its signature with");
    }
    return true;
}

bool check_results(struct evidence *evidence, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_RESULT];
    for (size_t i = 0; i < files->count; i++) {
        char what[WHAT_BYTES];
        struct note_file file;
        what_of(what, "result", files->list[i]->path);
        bool done = note_file_read(files->list[i], "the result", &file, error);
        if (done) {
            done = take_result(evidence, what, file.note, error);
            note_file_free(&file);
        }
        if (!done && !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

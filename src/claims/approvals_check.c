#include "claims/checks.h"

#include "seal/approval.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdlib.h>

enum { NOT_YET = -1 };

// The number that each of the rules' approvers has approved, or NOT_YET.
struct approved {
    const struct rules *rules;
    int32_t *numbers;
    size_t count; // of those who have
};

// Each approval ---------------------------------------------------------------------------------------------

// Which of them have signed it; any wrong signature is refused.
static bool find_signers(const struct approved *approved, const struct note *note, bool *is_signer,
                         struct error *error) {
    size_t signers = 0;
    for (size_t i = 0; i < approved->rules->approver_count; i++) {
        if (!note_check_if_signed(note, &approved->rules->approvers[i], &is_signer[i], error)) {
            return false;
        }
        signers += is_signer[i];
    }
    return signers > 0 ||
           error_set(error, ERROR_FALSE_CLAIM, "is signed by none of the approvers of the rules");
}

// An approver approves one number, once.
static bool is_first(const struct approved *approved, const bool *is_signer, uint16_t number,
                     struct error *error) {
    for (size_t i = 0; i < approved->rules->approver_count; i++) {
        const char *name = approved->rules->approvers[i].name;
        int32_t before = approved->numbers[i];
        if (is_signer[i] && before == number) {
            return error_set(error, ERROR_FALSE_CLAIM, "the approval of %s is given twice", name);
        }
        if (is_signer[i] && before != NOT_YET) {
            return error_set(error, ERROR_FALSE_CLAIM,
                             "%s has approved two numbers, %04" PRId32 " and %04u: a fraud", name, before,
                             number);
        }
    }
    return true;
}

// Takes it for each who has signed it. Refuses it when another approver has approved another number: it
// counts all the same.
static bool take_signers(struct approved *approved, const bool *is_signer, uint16_t number,
                         struct error *error) {
    const struct rules *rules = approved->rules;
    size_t other = rules->approver_count;
    for (size_t i = 0; i < rules->approver_count; i++) {
        if (approved->numbers[i] != NOT_YET && approved->numbers[i] != number) {
            other = i;
        }
        if (is_signer[i]) {
            approved->numbers[i] = number;
            approved->count++;
        }
    }
    return other == rules->approver_count ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "approves %04u, and another approver another number (%s: %04" PRId32 ")", number,
                     rules->approvers[other].name, approved->numbers[other]);
}

static void say_who(struct evidence *evidence, const char *what, const struct approved *approved,
                    const bool *is_signer, uint16_t number, bool is_sealed) {
    char names[NAMES_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; i < approved->rules->approver_count; i++) {
        if (is_signer[i] && length < sizeof names - SIGN_NAME_BYTES_MAX - 8) {
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                       length == 0 ? "" : " and ", approved->rules->approvers[i].name);
        }
    }
    verdicts_add(&evidence->verdicts, is_sealed ? VERDICT_OK : VERDICT_NOT_CHECKED, what, "%04u, by %s%s",
                 number, names, is_sealed ? "" : ": no seal it is of");
}

static bool take_signed(struct evidence *evidence, const char *what, struct approved *approved,
                        const struct note *note, uint16_t number, bool is_sealed, struct error *error) {
    const struct rules *rules = approved->rules;
    bool *is_signer = calloc(rules->approver_count + 1, sizeof *is_signer);
    if (is_signer == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for approvers");
    }
    bool done = find_signers(approved, note, is_signer, error) &&
                is_first(approved, is_signer, number, error) &&
                take_signers(approved, is_signer, number, error);
    if (done) {
        evidence_tell_unknown(evidence, what, note, rules->approvers, rules->approver_count);
        say_who(evidence, what, approved, is_signer, number, is_sealed);
    }
    free(is_signer);
    return done;
}

static bool take_approval(struct evidence *evidence, const char *what, struct approved *approved,
                          const struct note *note, struct error *error) {
    struct approval approval;
    bool is_sealed;
    if (!approval_parse(note->text, &approval, error) ||
        !evidence_take_origin(evidence, approval.origin, error) ||
        !evidence_check_seal_hash(evidence, &approval.seal, &is_sealed, error)) {
        return false;
    }
    if (approved->rules == NULL) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "no rules, which name the approvers");
        return true;
    }
    return take_signed(evidence, what, approved, note, approval.number, is_sealed, error);
}

static bool read_approvals(struct evidence *evidence, struct approved *approved, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_APPROVAL];
    for (size_t i = 0; i < files->count; i++) {
        char what[WHAT_BYTES];
        struct note_file file;
        what_of(what, "approval", files->list[i]->path);
        bool done = note_file_read(files->list[i], "the approval", &file, error);
        if (done) {
            done = take_approval(evidence, what, approved, file.note, error);
            note_file_free(&file);
        }
        if (!done && !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

// Together --------------------------------------------------------------------------------------------------

static size_t count_for(const struct approved *approved, int32_t number) {
    size_t count = 0;
    for (size_t i = 0; i < approved->rules->approver_count; i++) {
        count += approved->numbers[i] == number;
    }
    return count;
}

// Of a draw whose number people turn: whether enough have approved it.
static void say_if_enough(struct evidence *evidence, const struct approved *approved) {
    struct verdicts *verdicts = &evidence->verdicts;
    uint32_t wanted = approved->rules->approvals;
    bool has_result = evidence->has_result;
    if (!has_result && approved->count == 0) {
        return;
    }
    if (wanted == 0) {
        verdicts_add(verdicts, VERDICT_NOT_CHECKED, "number",
                     "the rules ask for no approvals: it is the operator's word");
        return;
    }
    if (evidence->given->files[GIVEN_APPROVAL].count == 0) {
        verdicts_add(verdicts, VERDICT_NOT_CHECKED, "approvals",
                     "the rules ask for %" PRIu32 ", and none was given", wanted);
        return;
    }
    if (!has_result && approved->count < wanted) {
        verdicts_add(verdicts, VERDICT_NOT_CHECKED, "approvals",
                     "%zu of the %" PRIu32 " that the rules ask for", approved->count, wanted);
        return;
    }
    size_t for_it = has_result ? count_for(approved, evidence->result_number) : approved->count;
    if (approved->count < wanted || for_it < approved->count) {
        verdicts_add(verdicts, VERDICT_FALSE, "approvals",
                     "%zu are for %04u, of %zu given, and the rules ask for %" PRIu32, for_it,
                     evidence->result_number, approved->count, wanted);
    } else {
        verdicts_add(verdicts, VERDICT_OK, "approvals", "%zu approvers, and the rules ask for %" PRIu32,
                     approved->count, wanted);
    }
}

bool check_approvals(struct evidence *evidence, struct error *error) {
    struct approved approved = {.rules = evidence->rules};
    size_t approvers = evidence->rules == NULL ? 0 : evidence->rules->approver_count;
    approved.numbers = calloc(approvers + 1, sizeof *approved.numbers);
    if (approved.numbers == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for approvers");
    }
    for (size_t i = 0; i < approvers; i++) {
        approved.numbers[i] = NOT_YET;
    }
    bool done = read_approvals(evidence, &approved, error);
    if (done && approved.rules != NULL && approved.rules->how == RULES_MANUAL) {
        say_if_enough(evidence, &approved);
    }
    free(approved.numbers);
    return done;
}

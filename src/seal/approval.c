#include "seal/approval.h"

#include "base/memory.h"
#include "seal/errors.h"
#include "seal/form.h"
#include "seal/sealed_number.h"

#include <assert.h>
#include <inttypes.h>

size_t approval_write(const struct approval *approval, char text[APPROVAL_BYTES_MAX]) {
    struct draft draft;
    draft_begin(&draft, text, APPROVAL_BYTES_MAX);
    draft_print(&draft, "quiniela approval v1\n%.*s", (int)approval->origin.length, approval->origin.text);
    draft_hash(&draft, "\nseal ", &approval->seal, "\n");
    sealed_number_put(&draft, approval->number);
    assert(!draft.is_over);
    return draft.length;
}

bool approval_parse(struct slice text, struct approval *approval, struct error *error) {
    struct form form;
    form_begin(&form, "the approval", text);
    return form_literal(&form, "quiniela approval v1", error) &&
           form_origin(&form, &approval->origin, error) && form_hash(&form, "seal", &approval->seal, error) &&
           sealed_number_take(&form, &approval->number, error) && form_end(&form, error);
}

bool approvals_begin(struct approvals *approvals, const struct rules *rules, struct error *error) {
    size_t room = rules->approver_count + 1;
    *approvals = (struct approvals){.rules = rules,
                                    .numbers = memory_zeroed(room, sizeof *approvals->numbers),
                                    .signers = memory_zeroed(room, sizeof *approvals->signers)};
    if (approvals->numbers == NULL || approvals->signers == NULL) {
        approvals_end(approvals);
        return error_set(error, ERROR_NO_MEMORY, "the approvals: no memory");
    }
    for (size_t i = 0; i < rules->approver_count; i++) {
        approvals->numbers[i] = APPROVALS_NONE;
    }
    return true;
}

void approvals_end(struct approvals *approvals) {
    memory_free(approvals->numbers);
    memory_free(approvals->signers);
    approvals->numbers = NULL;
    approvals->signers = NULL;
}

// Which of the approvers have signed it; any wrong signature is refused. `nobody` is what is said when none
// has.
static bool find_signers(struct approvals *approvals, const struct note *note, const char *nobody,
                         struct error *error) {
    const struct rules *rules = approvals->rules;
    size_t count = 0;
    for (size_t i = 0; i < rules->approver_count; i++) {
        if (!note_check_if_signed(note, &rules->approvers[i], &approvals->signers[i], error)) {
            return false;
        }
        count += approvals->signers[i];
    }
    return count > 0 || error_set(error, ERROR_FALSE_CLAIM, "%s", nobody);
}

// An approver approves one number, once.
static bool is_first(const struct approvals *approvals, size_t approver, uint16_t number,
                     struct error *error) {
    const char *name = approvals->rules->approvers[approver].name;
    int32_t before = approvals->numbers[approver];
    if (before == number) {
        return error_set(error, ERROR_BAD_FORM, "the approval of %s is given twice", name);
    }
    return before == APPROVALS_NONE ||
           error_set(error, ERROR_FALSE_CLAIM, "%s has approved two numbers, %04" PRId32 " and %04u: a fraud",
                     name, before, number);
}

// All of them come for the first time before any is taken.
static bool take_found(struct approvals *approvals, uint16_t number, struct error *error) {
    size_t approvers = approvals->rules->approver_count;
    for (size_t i = 0; i < approvers; i++) {
        if (approvals->signers[i] && !is_first(approvals, i, number, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < approvers; i++) {
        if (approvals->signers[i]) {
            approvals->numbers[i] = number;
            approvals->count++;
        }
    }
    return true;
}

bool approvals_take_signers(struct approvals *approvals, const struct note *note, uint16_t number,
                            struct error *error) {
    return find_signers(approvals, note, "is signed by none of the approvers of the rules", error) &&
           take_found(approvals, number, error);
}

bool approvals_take(struct approvals *approvals, const struct note *note, const struct hash *seal,
                    struct error *error) {
    struct approval approval;
    if (!approval_parse(note->text, &approval, error)) {
        return false;
    }
    if (!slice_equal(approval.origin, approvals->rules->origin)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the approval is another draw's");
    }
    if (!hash_equal(&approval.seal, seal)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the approval is of another seal than this one");
    }
    return find_signers(approvals, note, "the approval is signed by none of the approvers", error) &&
           take_found(approvals, approval.number, error);
}

size_t approvals_of(const struct approvals *approvals, uint16_t number) {
    size_t count = 0;
    for (size_t i = 0; i < approvals->rules->approver_count; i++) {
        count += approvals->numbers[i] == number;
    }
    return count;
}

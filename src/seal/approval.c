#include "seal/approval.h"

#include "seal/errors.h"
#include "seal/form.h"
#include "seal/sealed_number.h"

#include <assert.h>
#include <stdlib.h>

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

bool approvals_begin(struct approvals *approvals, const struct rules *rules, const struct hash *seal,
                     struct error *error) {
    *approvals = (struct approvals){.rules = rules, .seal = *seal};
    approvals->has_signed = calloc(rules->approver_count + 1, sizeof *approvals->has_signed);
    return approvals->has_signed != NULL || error_set(error, ERROR_NO_MEMORY, "the approvals: no memory");
}

void approvals_end(struct approvals *approvals) {
    free(approvals->has_signed);
    approvals->has_signed = NULL;
}

static bool take_signer(struct approvals *approvals, size_t approver, uint16_t number, struct error *error) {
    const char *name = approvals->rules->approvers[approver].name;
    if (approvals->count > 0 && approvals->number != number) {
        return approvals->has_signed[approver]
                   ? error_set(error, ERROR_FALSE_CLAIM,
                               "%s has approved two numbers, %04d and %04d: a fraud", name, approvals->number,
                               number)
                   : error_set(error, ERROR_FALSE_CLAIM, "%s approves %04d, and another approver %04d", name,
                               number, approvals->number);
    }
    if (approvals->has_signed[approver]) {
        return error_set(error, ERROR_BAD_FORM, "the approval of %s is given twice", name);
    }
    approvals->has_signed[approver] = true;
    approvals->number = number;
    approvals->count++;
    return true;
}

bool approvals_take(struct approvals *approvals, const struct note *note, struct error *error) {
    const struct rules *rules = approvals->rules;
    struct approval approval;
    if (!approval_parse(note->text, &approval, error)) {
        return false;
    }
    if (!slice_equal(approval.origin, rules->origin)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the approval is another draw's");
    }
    size_t signers = 0;
    for (size_t pass = 0; pass < 2; pass++) { // all signatures are right before any is taken
        for (size_t i = 0; i < rules->approver_count; i++) {
            bool has_signed;
            if (!note_check_if_signed(note, &rules->approvers[i], &has_signed, error) ||
                (pass == 1 && has_signed && !take_signer(approvals, i, approval.number, error))) {
                return false;
            }
            signers += has_signed;
        }
        if (signers == 0) {
            return error_set(error, ERROR_FALSE_CLAIM, "the approval is signed by none of the approvers");
        }
        if (!hash_equal(&approval.seal, &approvals->seal)) {
            return error_set(error, ERROR_FALSE_CLAIM, "the approval is of another seal than this one");
        }
    }
    return true;
}

bool approvals_are_enough(const struct approvals *approvals, struct error *error) {
    return approvals->count >= approvals->rules->approvals ||
           error_set(error, ERROR_FALSE_CLAIM, "%zu of the approvers have approved, and %d must",
                     approvals->count, (int)approvals->rules->approvals);
}

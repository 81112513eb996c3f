// Approvals of a number that people turned: each approver signs the seal together with the number.
#ifndef QUINIELA_SEAL_APPROVAL_H
#define QUINIELA_SEAL_APPROVAL_H

#include "seal/note.h"
#include "seal/rules.h"

enum { APPROVAL_BYTES_MAX = 512 };

struct approval {
    struct slice origin;
    struct hash seal; // H(SEAL)
    uint16_t number;  // less than SEAL_NUMBERS
};

// Writes the text, without a NUL. Returns its length.
size_t approval_write(const struct approval *approval, char text[APPROVAL_BYTES_MAX]);

// Reads the text; its origin points into it. ERROR_BAD_FORM.
bool approval_parse(struct slice text, struct approval *approval, struct error *error) MUST_CHECK;

enum { APPROVALS_NONE = -1 };

// The approvals of one seal, as they come in. Approvers may differ: each number is counted apart.
struct approvals {
    const struct rules *rules; // must outlive it
    size_t count;              // how many approvers have approved some number
    int32_t *numbers;          // what each of the rules' approvers has approved, or APPROVALS_NONE
    bool *signers;             // which of them have signed the approval that was looked at last
};

// Begins with none. Returns false with ERROR_NO_MEMORY. Ended by approvals_end.
bool approvals_begin(struct approvals *approvals, const struct rules *rules, struct error *error) MUST_CHECK;
void approvals_end(struct approvals *approvals);

// Takes an approval of the seal with this hash, signed by at least one of the rules' approvers.
// ERROR_FALSE_CLAIM: of another draw or seal, by none of them, or by one who has approved another number
// before: the text calls that a fraud. ERROR_BAD_FORM: also an approver who comes twice with the same number.
bool approvals_take(struct approvals *approvals, const struct note *note, const struct hash *seal,
                    struct error *error) MUST_CHECK;

// The same for an approval of `number` whose text the caller has read, and holds against draw and seal.
bool approvals_take_signers(struct approvals *approvals, const struct note *note, uint16_t number,
                            struct error *error) MUST_CHECK;

// How many approvers have approved the number.
size_t approvals_of(const struct approvals *approvals, uint16_t number);

#endif

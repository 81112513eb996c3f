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

// The approvals of one seal, as they come in.
struct approvals {
    const struct rules *rules; // must outlive it
    struct hash seal;
    size_t count;     // how many approvers have approved
    uint16_t number;  // what all of them say, once count is not 0
    bool *has_signed; // for each of the rules' approvers
};

// Begins with none. Returns false with ERROR_NO_MEMORY. Ended by approvals_end.
bool approvals_begin(struct approvals *approvals, const struct rules *rules, const struct hash *seal,
                     struct error *error) MUST_CHECK;
void approvals_end(struct approvals *approvals);

// Takes an approval, signed by at least one of the rules' approvers. ERROR_FALSE_CLAIM: of another draw or
// seal, by none of them, another number than an approver before has signed; when it is the same approver the
// text calls it a fraud. ERROR_BAD_FORM: also an approver who comes twice with the same number.
bool approvals_take(struct approvals *approvals, const struct note *note, struct error *error) MUST_CHECK;

// Whether as many have approved as the rules want; with ERROR_FALSE_CLAIM when not.
bool approvals_are_enough(const struct approvals *approvals, struct error *error) MUST_CHECK;

#endif

// The rules of a draw as they were kept, in a store or a folder: all records, and which is the newest.
#ifndef QUINIELA_NOTARY_KEPT_RULES_H
#define QUINIELA_NOTARY_KEPT_RULES_H

#include "seal/rules.h"

struct kept_rules {
    struct rules **records; // in the order in which they came
    size_t count;
    const struct rules *newest;
};

// Reads the records' notes, at least one, and checks that each is signed by the key, and names it as the
// server's; and that they are one chain. ERROR_FALSE_CLAIM, ERROR_BAD_FORM; ERROR_NO_MEMORY. Freed by the
// caller.
bool kept_rules_read(const struct slice *notes, size_t count, const struct vkey *key,
                     struct kept_rules *rules, struct error *error) MUST_CHECK;

void kept_rules_free(struct kept_rules *rules);

#endif

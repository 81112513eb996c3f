// The rules of a draw as they are kept, in a store or a folder: all records, from the first one on.
#ifndef QUINIELA_NOTARY_KEPT_RULES_H
#define QUINIELA_NOTARY_KEPT_RULES_H

#include "seal/rules.h"

struct kept_record {
    char *note; // as it was signed
    size_t size;
    struct rules *rules; // what its text says
};

struct kept_rules {
    struct kept_record *records; // records[n] has number n
    size_t count;
};

// Adds a copy of the next record's note, once it is seen to be signed by the key, to name it as the server's,
// and to be one that may follow the last one. ERROR_FALSE_CLAIM, ERROR_BAD_FORM, ERROR_NO_MEMORY: then
// nothing was added.
bool kept_rules_add(struct kept_rules *rules, struct slice note, const struct vkey *key,
                    struct error *error) MUST_CHECK;

// The same for who trusts the key, and was not there when it changed: a first record that the key has signed
// may name another one as the server's, which has signed it, too, and signs all that follows.
bool kept_rules_add_vouched(struct kept_rules *rules, struct slice note, const struct vkey *key,
                            struct error *error) MUST_CHECK;

// Forgets the records from number `count` on.
void kept_rules_cut(struct kept_rules *rules, size_t count);

void kept_rules_free(struct kept_rules *rules);

// The newest record; NULL when there is none.
static inline const struct rules *kept_rules_newest(const struct kept_rules *rules) {
    return rules->count == 0 ? NULL : rules->records[rules->count - 1].rules;
}

#endif

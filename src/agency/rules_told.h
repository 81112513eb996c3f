// The rules of a draw as a central tells them to an agency: all records, one behind the other.
#ifndef QUINIELA_AGENCY_RULES_TOLD_H
#define QUINIELA_AGENCY_RULES_TOLD_H

#include "agency/kept_texts.h"
#include "notary/kept_rules.h"

// Cuts the next note off `rest`, which is not empty: up to its last line of a signature.
struct slice rules_told_next(struct slice *rest);

// Reads the records that are kept. ERROR_BAD_SETTING when they are of another draw or key than the rest, or
// no rules: names the file, and says what to do. ERROR_SYSTEM, ERROR_NO_MEMORY.
bool rules_told_read(const struct kept_texts *texts, const struct vkey *key, struct kept_rules *rules,
                     struct error *error) MUST_CHECK;

// Takes what the central tells now: the records that are known, and perhaps further ones, which are kept.
// ERROR_OTHER_KEY when the key has not signed them; ERROR_OTHER_DRAW when the agency's files are of another
// draw: the records that are known, or `others`, the draw of its receipts and seal (empty: it has none).
// Neither says that the central is false, and nothing is kept. ERROR_NETWORK when they are fewer.
// ERROR_FALSE_CLAIM, ERROR_BAD_FORM when they are other ones, which are kept, too, or wrong. ERROR_SYSTEM,
// ERROR_NO_MEMORY.
bool rules_told_take(const struct kept_texts *texts, const struct vkey *key, struct slice others,
                     struct slice told, struct kept_rules *rules, struct error *error) MUST_CHECK;

// The key that signs the draw: what the records name, for which the trusted one has signed; that one where
// there are no records. It lives as long as these do.
const struct vkey *rules_told_key(const struct kept_rules *rules, const struct vkey *trusted);

// Whether one of the records has that hash.
bool rules_told_has(const struct kept_rules *rules, const struct hash *hash);

#endif

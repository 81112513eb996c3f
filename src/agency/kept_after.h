// What an agency keeps of a draw after its seal, the result and the salt key: whether they are this draw's,
// or were left by another one.
#ifndef QUINIELA_AGENCY_KEPT_AFTER_H
#define QUINIELA_AGENCY_KEPT_AFTER_H

#include "agency/kept_texts.h"
#include "seal/vkey.h"

// Whether the result that is kept, if one is, is of the draw of this seal (its note; text NULL: none is
// kept), signed by the central's key. ERROR_BAD_SETTING names the file, and says what to do. Errors of
// kept_texts_read.
bool kept_after_check_result(const struct kept_texts *texts, const struct vkey *key, struct slice seal,
                             struct error *error) MUST_CHECK;

// Whether a salt key is kept (*has_key), with the seal that comes before it. ERROR_BAD_SETTING for one
// without a seal, and for what is no salt key. Errors as above.
bool kept_after_find_key(const struct kept_texts *texts, struct slice seal, bool *has_key,
                         struct error *error) MUST_CHECK;

#endif

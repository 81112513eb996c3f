// What a later record of the rules may change, and which of several records is the newest.
#ifndef QUINIELA_SEAL_RULES_CHAIN_H
#define QUINIELA_SEAL_RULES_CHAIN_H

#include "seal/rules.h"

// Whether `after` is a record that may follow `before`: it has the next number and names `before`, and
// changes nothing but the agencies, the close, and the pulse's time to a later one. ERROR_FALSE_CLAIM says
// what is wrong.
bool rules_may_follow(const struct rules *before, const struct rules *after, struct error *error) MUST_CHECK;

// Whether a record may still be followed by another one at `now`, seconds since 1970: with a beacon only
// before its pulse. (Nor after the seal, which the caller knows.) ERROR_FALSE_CLAIM.
bool rules_may_change(const struct rules *rules, uint64_t now, struct error *error) MUST_CHECK;

// Sets *newest to the last record of a draw, of `count` that were read, in any order, of which some may be
// the same. All must be one chain from record 0 on: of another draw, a missing one, two that name the same
// one, and a change that may not be are ERROR_FALSE_CLAIM. At least one.
bool rules_newest(const struct rules *const *records, size_t count, const struct rules **newest,
                  struct error *error) MUST_CHECK;

#endif

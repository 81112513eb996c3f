// The number that follows from a seal and a beacon's output, which nobody knew when the seal was made.
#ifndef QUINIELA_SEAL_BEACON_NUMBER_H
#define QUINIELA_SEAL_BEACON_NUMBER_H

#include "base/error.h"
#include "seal/hash.h"

enum { BEACON_OUTPUT_BYTES = LONG_HASH_BYTES };

// PRK = HMAC(H(SEAL), output). `output` may be of any length: more than a beacon's is for the vectors of
// other beacons.
void beacon_key_make(const struct hash *seal, const void *output, size_t length, struct hash *key);

// x(index): the first word of HMAC(PRK, "quiniela number v1\n" ‖ u32(index)).
uint32_t beacon_word(const struct hash *key, uint32_t index);

// The number, less than `numbers` (1 or more): the first word below the largest multiple of `numbers` that 32
// bits hold counts, so that all are equally likely.
uint32_t beacon_number(const struct hash *key, uint32_t numbers);

// Whether a seal that was seen at `seen` was early enough for a pulse at `pulse`: both seconds since 1970.
bool beacon_time_holds(uint64_t seen, uint64_t pulse);

#endif

// The secrets that hide bets within their hashes: the draw's S, an agency's key K(a), a bet's salt, and what
// hides a receipt from those of the same commit.
#ifndef QUINIELA_SEAL_SALT_H
#define QUINIELA_SEAL_SALT_H

#include "seal/hash.h"
#include "seal/slice.h"

enum { SECRET_BYTES = 32, AGENCY_KEY_BYTES = 32, SALT_BYTES = 16 };

// H("quiniela secret v1\n" ‖ S): what the rules say of the draw's secret.
void secret_hash(const uint8_t secret[SECRET_BYTES], struct hash *hash);

// K(a), of agency `agency` of the draw `origin`.
void agency_key_make(const uint8_t secret[SECRET_BYTES], struct slice origin, uint32_t agency,
                     uint8_t key[AGENCY_KEY_BYTES]);

// An agency's salts.
struct salts {
    struct hmac_key key;
    uint8_t message[HASH_BLOCK_BYTES]; // of a bet's salt, all but its index
};

void salts_begin(struct salts *salts, const uint8_t key[AGENCY_KEY_BYTES]);

// SALT(a, index).
void salt_of_bet(const struct salts *salts, uint64_t index, uint8_t salt[SALT_BYTES]);

// Those of `count` bets from `first` on, at most HASHES_TOGETHER.
void salts_of_bets(const struct salts *salts, uint64_t first, size_t count, uint8_t (*made)[SALT_BYTES]);

// The NONCE of a receipt for `count` bets from `first` on.
void salt_of_receipt(const struct salts *salts, uint64_t first, uint64_t count, uint8_t nonce[SALT_BYTES]);

#endif

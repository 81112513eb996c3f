#include "seal/beacon_number.h"

#include "seal/big_endian.h"
#include "seal/limits.h"

static const char label[] = "quiniela number v1\n";

void beacon_key_make(const struct hash *seal, const void *output, size_t length, struct hash *key) {
    struct hmac_key hmac;
    hmac_key_set(&hmac, seal->bytes, sizeof seal->bytes);
    hmac_of(&hmac, output, length, NULL, 0, key);
}

static uint32_t word_of(const struct hmac_key *hmac, uint32_t index) {
    uint8_t number[4];
    struct hash hash;
    put_u32(number, index);
    hmac_of(hmac, label, sizeof label - 1, number, sizeof number, &hash);
    return take_u32(hash.bytes);
}

uint32_t beacon_word(const struct hash *key, uint32_t index) {
    struct hmac_key hmac;
    hmac_key_set(&hmac, key->bytes, sizeof key->bytes);
    return word_of(&hmac, index);
}

uint32_t beacon_number(const struct hash *key, uint32_t numbers) {
    uint64_t all = UINT64_C(1) << 32, limit = all - all % numbers;
    struct hmac_key hmac;
    hmac_key_set(&hmac, key->bytes, sizeof key->bytes);
    uint32_t word = word_of(&hmac, 0);
    for (uint32_t index = 1; word >= limit; index++) {
        word = word_of(&hmac, index);
    }
    return word % numbers;
}

bool beacon_time_holds(uint64_t seen, uint64_t pulse) {
    return seen <= pulse && pulse - seen >= BEACON_WITNESS_LEAD_S;
}

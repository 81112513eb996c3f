// Whole numbers as bytes, the most significant first.
#ifndef QUINIELA_SEAL_BIG_ENDIAN_H
#define QUINIELA_SEAL_BIG_ENDIAN_H

#include <stdint.h>

static inline void put_u32(uint8_t bytes[4], uint32_t value) {
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static inline void put_u64(uint8_t bytes[8], uint64_t value) {
    put_u32(bytes, (uint32_t)(value >> 32));
    put_u32(bytes + 4, (uint32_t)value);
}

static inline uint32_t take_u32(const uint8_t bytes[4]) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t take_u64(const uint8_t bytes[8]) {
    return (uint64_t)take_u32(bytes) << 32 | take_u32(bytes + 4);
}

#endif

#include "base/checksum.h"

#include <string.h>

static const uint64_t prime = UINT64_C(0x100000001b3);

uint64_t checksum_bytes(uint64_t checksum, const void *bytes, size_t length) {
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < length; i++) {
        checksum = (checksum ^ byte[i]) * prime;
    }
    return checksum;
}

uint64_t checksum_number(uint64_t checksum, uint64_t number) {
    for (int i = 0; i < 8; i++) {
        checksum = (checksum ^ (uint8_t)(number >> 8 * i)) * prime;
    }
    return checksum;
}

uint64_t checksum_text(uint64_t checksum, const char *text) {
    return checksum_bytes(checksum, text, strlen(text) + 1);
}

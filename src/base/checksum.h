// A checksum that finds damage: 64-bit FNV-1a. Every step can be undone, so a change of a single byte is
// always noticed; a larger change is missed once in 2^64 times. It does not protect against people who
// compute a new checksum.
#ifndef QUINIELA_BASE_CHECKSUM_H
#define QUINIELA_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// The initial checksum: that of no data.
#define CHECKSUM_EMPTY UINT64_C(0xcbf29ce484222325)

// Adds bytes, a number or a text to the checksum, and returns the new one. A number counts as 8 bytes,
// little-endian; a text includes its NUL, so that texts do not run together.
uint64_t checksum_bytes(uint64_t checksum, const void *bytes, size_t length);
uint64_t checksum_number(uint64_t checksum, uint64_t number);
uint64_t checksum_text(uint64_t checksum, const char *text);

#endif

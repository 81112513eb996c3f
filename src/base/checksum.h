// A checksum that finds damage: FNV-1a, 64 bits. Every step of it can be undone, so that no change of a
// single byte is ever missed; a larger one is missed once in 2^64 times. It does not protect from people who
// write a checksum of their own.
#ifndef QUINIELA_BASE_CHECKSUM_H
#define QUINIELA_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// What a checksum begins with: of nothing yet.
#define CHECKSUM_EMPTY UINT64_C(0xcbf29ce484222325)

// The checksum with these bytes, this number (8 bytes, little-endian) or this text (with its NUL, so that
// texts do not run into one another) after what it had.
uint64_t checksum_bytes(uint64_t checksum, const void *bytes, size_t length);
uint64_t checksum_number(uint64_t checksum, uint64_t number);
uint64_t checksum_text(uint64_t checksum, const char *text);

#endif

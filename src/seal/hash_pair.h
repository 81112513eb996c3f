// The next block of two SHA-256 messages at once: a processor that has instructions for SHA-256 takes a
// quarter less time for both than for one after the other, as neither waits for the other's result.
#ifndef QUINIELA_SEAL_HASH_PAIR_H
#define QUINIELA_SEAL_HASH_PAIR_H

#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED // why: bet/chunk.c
#endif
#include <openssl/sha.h>
#include <stdint.h>

// Adds a block of SHA256_CBLOCK bytes to each of the two hashes, whose other fields are not looked at. By the
// library where the processor has no such instructions.
void hash_pair(SHA256_CTX *one, const uint8_t *one_block, SHA256_CTX *other, const uint8_t *other_block);

#endif

// A chunk of bets: the unit that is sent, checked, stored and acknowledged. One block of memory holds the
// bets' texts, one in each line, and their numbers, packed.
#ifndef QUINIELA_BET_CHUNK_H
#define QUINIELA_BET_CHUNK_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { CHUNK_DIGEST_BYTES = 32 };

struct chunk {
    uint32_t count;     // bets
    uint32_t count_max; // room for bets
    size_t rows_length; // bytes
    size_t rows_max;    // room for bytes
    uint8_t *numbers;   // the bets' numbers, packed: 2 bytes each, little-endian
    char *rows;         // the bets' texts, each ended by '\n'
};

// The place of some of an agency's bets, and their digest.
struct piece {
    uint64_t first;                     // how many of the agency's bets come before it
    uint32_t count;                     // bets, 1 or more
    uint8_t digest[CHUNK_DIGEST_BYTES]; // as chunk_digest gives it
};

// Makes an empty chunk with room for `count_max` bets and `text_max` bytes of text (newlines not counted).
// NULL when out of memory. The caller frees it with chunk_free.
struct chunk *chunk_new(uint32_t count_max, size_t text_max);

void chunk_free(struct chunk *chunk);

// The bytes of memory that the chunk takes, whatever its content.
size_t chunk_bytes(const struct chunk *chunk);

// Removes every bet, but keeps the room.
void chunk_clear(struct chunk *chunk);

// Checks a bet's text and appends it. On failure the chunk is unchanged, and `error` is ERROR_BAD_BET with
// the index that the bet would have had, and the field. Do not exceed the room that the chunk was created
// with.
bool chunk_add(struct chunk *chunk, const char *text, size_t length, struct error *error) MUST_CHECK;

// The SHA-256 (FIPS 180-4) of the packed numbers followed by the rows, into `digest`. Returns false when the
// library fails.
bool chunk_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                  uint8_t digest[CHUNK_DIGEST_BYTES]) MUST_CHECK;

// Sets *same to whether the digest of these numbers and rows is `digest`. Returns false when the library
// fails.
bool chunk_compare_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                          const uint8_t digest[CHUNK_DIGEST_BYTES], bool *same) MUST_CHECK;

// The packed number at `index`.
uint16_t chunk_number(const uint8_t *numbers, uint32_t index);

// The offset in `rows` of bet `index`; `rows_length` if there are exactly `index` bets.
size_t chunk_row_offset(const char *rows, size_t rows_length, uint32_t index);

#endif

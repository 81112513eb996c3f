#include "bet/chunk.h"

#include "base/memory.h"
#include "bet/bet.h"

#include <assert.h>
// The library's newer interface initializes itself on first use. Without memory that ends in a crash, or in
// an interface that never works again. The older one needs neither initialization nor memory.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <string.h>

static_assert(CHUNK_DIGEST_BYTES == 32, "SHA-256");

struct chunk *chunk_new(uint32_t count_max, size_t text_max) {
    size_t numbers_bytes = (size_t)count_max * 2;
    size_t rows_bytes = text_max + count_max; // a newline each
    struct chunk *chunk = memory_allocate(sizeof *chunk + numbers_bytes + rows_bytes);
    if (chunk == NULL) {
        return NULL;
    }
    *chunk = (struct chunk){.count_max = count_max, .rows_max = rows_bytes};
    chunk->numbers = (uint8_t *)(chunk + 1);
    chunk->rows = (char *)chunk->numbers + numbers_bytes;
    return chunk;
}

void chunk_free(struct chunk *chunk) {
    memory_free(chunk);
}

size_t chunk_bytes(const struct chunk *chunk) {
    return sizeof *chunk + 2 * (size_t)chunk->count_max + chunk->rows_max;
}

void chunk_clear(struct chunk *chunk) {
    chunk->count = 0;
    chunk->rows_length = 0;
}

bool chunk_add(struct chunk *chunk, const char *text, size_t length, struct error *error) {
    assert(chunk->count < chunk->count_max && chunk->rows_length + length + 1 <= chunk->rows_max);
    // Check the source, not the row: bytes that have just been written are slow to read back.
    struct bet bet;
    if (!bet_check_fast(text, length, &bet.number) && !bet_parse(text, length, &bet, error)) {
        error->bet = chunk->count;
        return false;
    }
    char *row = chunk->rows + chunk->rows_length;
    memcpy(row, text, length);
    row[length] = '\n';
    chunk->rows_length += length + 1;
    uint8_t *number = chunk->numbers + 2 * (size_t)chunk->count;
    number[0] = (uint8_t)bet.number;
    number[1] = (uint8_t)(bet.number >> 8);
    chunk->count++;
    return true;
}

bool chunk_compare_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                          const uint8_t digest[CHUNK_DIGEST_BYTES], bool *same) {
    uint8_t computed[CHUNK_DIGEST_BYTES];
    if (!chunk_digest(numbers, count, rows, rows_length, computed)) {
        return false;
    }
    *same = memcmp(computed, digest, sizeof computed) == 0;
    return true;
}

uint16_t chunk_number(const uint8_t *numbers, uint32_t index) {
    return (uint16_t)(numbers[2 * (size_t)index] | numbers[2 * (size_t)index + 1] << 8);
}

bool chunk_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                  uint8_t digest[CHUNK_DIGEST_BYTES]) {
    SHA256_CTX context;
    return SHA256_Init(&context) == 1 && SHA256_Update(&context, numbers, (size_t)count * 2) == 1 &&
           SHA256_Update(&context, rows, rows_length) == 1 && SHA256_Final(digest, &context) == 1;
}

size_t chunk_row_offset(const char *rows, size_t rows_length, uint32_t index) {
    const char *at = rows;
    const char *end = rows + rows_length;
    while (index > 0 && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline == NULL ? end : newline + 1;
        index--;
    }
    return (size_t)(at - rows);
}

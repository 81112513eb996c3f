// What a chunk refuses changes nothing, and what it takes can be found again.
// Each line of the input is added as a bet. A bet that is taken can be found by its text, its number and its
// place, and the digest fits only this chunk.
#include "fuzz.h"

#include "bet/bet.h"
#include "bet/chunk.h"
#include "bet/errors.h"

#include <stdlib.h>
#include <string.h>

// A copy of the chunk's contents, to check later that nothing has changed.
static uint8_t *copy_of(const struct chunk *chunk) {
    size_t numbers = 2 * (size_t)chunk->count;
    uint8_t *copy = malloc(numbers + chunk->rows_length + 1);
    must_hold(copy != NULL, "memory");
    memcpy(copy, chunk->numbers, numbers);
    memcpy(copy + numbers, chunk->rows, chunk->rows_length);
    return copy;
}

static void add_bet(struct chunk *chunk, const char *text, size_t length) {
    struct bet bet;
    struct error error, reason;
    bool good = bet_parse(text, length, &bet, &reason);
    uint32_t count = chunk->count;
    size_t rows_length = chunk->rows_length, numbers = 2 * (size_t)count;
    uint8_t *before = copy_of(chunk);
    must_hold(chunk_add(chunk, text, length, &error) == good, "a chunk takes bets, and nothing else");
    must_hold(memcmp(before, chunk->numbers, numbers) == 0 &&
                  memcmp(before + numbers, chunk->rows, rows_length) == 0,
              "what was there stays as it was");
    free(before);
    if (!good) {
        must_hold(chunk->count == count && chunk->rows_length == rows_length, "a refusal changes nothing");
        must_hold(error.code == ERROR_BAD_BET && error.bet == count && error.field == reason.field,
                  "a refusal says which bet, and which field");
        return;
    }
    must_hold(chunk->count == count + 1 && chunk->rows_length == rows_length + length + 1 &&
                  memcmp(chunk->rows + rows_length, text, length) == 0 &&
                  chunk->rows[rows_length + length] == '\n',
              "a bet is kept as it came");
    must_hold(chunk_number(chunk->numbers, count) == bet.number, "and its number");
    must_hold(chunk_row_offset(chunk->rows, chunk->rows_length, count) == rows_length &&
                  chunk_row_offset(chunk->rows, chunk->rows_length, count + 1) == chunk->rows_length,
              "it is found at its place");
    struct bet_slice fields[BET_FIELDS];
    bet_split(chunk->rows + rows_length, length, fields);
    for (int i = 0; i < BET_FIELDS; i++) {
        must_hold(fields[i].length == bet.fields[i].length &&
                      memcmp(fields[i].text, bet.fields[i].text, fields[i].length) == 0,
                  "its fields are found again");
    }
}

// A digest fits its chunk, and nothing that differs from it in one bit.
static void check_digest(struct chunk *chunk, size_t place) {
    uint8_t digest[CHUNK_DIGEST_BYTES];
    bool same = false;
    must_hold(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, digest) &&
                  chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, digest,
                                       &same) &&
                  same,
              "the digest fits");
    if (chunk->count > 0) {
        chunk->rows[place % chunk->rows_length] ^= 1;
        chunk->numbers[place % (2 * (size_t)chunk->count)] ^= (uint8_t)(place & 0x80);
        must_hold(chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, digest,
                                       &same) &&
                      !same,
                  "the digest fits nothing else");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const char *text = (const char *)bytes, *end = text + length;
    uint32_t lines = 1;
    for (size_t i = 0; i < length; i++) {
        lines += bytes[i] == '\n';
    }
    struct chunk *chunk = chunk_new(lines, length);
    must_hold(chunk != NULL, "memory");
    for (const char *at = text; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t line = newline == NULL ? (size_t)(end - at) : (size_t)(newline - at);
        add_bet(chunk, at, line);
        at += line + (newline != NULL);
    }
    check_digest(chunk, length);
    chunk_clear(chunk);
    must_hold(chunk->count == 0 && chunk->rows_length == 0, "a cleared chunk is empty");
    chunk_free(chunk);
    return 0;
}

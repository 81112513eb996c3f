#include "seal/bet_leaves.h"

#include <assert.h>

enum { LAST_DIGITS = 100 }; // of an index, which an entry gets by itself

// Writes what the entry of the next bet has before its row.
static void begin_entry(struct bet_leaves *leaves) {
    char text[TEXT_BYTES_MAX];
    struct slice none = {"", 0};
    size_t length = bet_text_write(leaves->agency, leaves->next, none, text);
    static_assert(1 + SALT_BYTES + 8 + 1 + 20 + 1 <= sizeof leaves->beginning, "the longest has room");
    memcpy(leaves->beginning + 1 + SALT_BYTES, text, length);
    leaves->row_at = 1 + SALT_BYTES + length;
}

void bet_leaves_begin(struct bet_leaves *leaves, uint32_t agency, const uint8_t key[AGENCY_KEY_BYTES],
                      uint64_t first) {
    salts_begin(&leaves->salts, key);
    leaves->agency = agency;
    leaves->next = first;
    leaves->beginning[0] = 0x00; // as merkle_leaf has it
    begin_entry(leaves);
}

// Writes the entry of the next bet, padded. Returns the number of its blocks.
static size_t put_entry(struct bet_leaves *leaves, const uint8_t salt[SALT_BYTES], struct slice row,
                        uint8_t *entry) {
    assert(row.length <= BET_TEXT_BYTES_MAX);
    if (leaves->next < LAST_DIGITS || leaves->next % LAST_DIGITS == 0) {
        begin_entry(leaves);
    }
    memcpy(entry, leaves->beginning, sizeof leaves->beginning); // more than that, but always as much
    if (leaves->next >= LAST_DIGITS) {
        entry[leaves->row_at - 3] = (uint8_t)('0' + leaves->next / 10 % 10);
        entry[leaves->row_at - 2] = (uint8_t)('0' + leaves->next % 10);
    }
    memcpy(entry + 1, salt, SALT_BYTES);
    memcpy(entry + leaves->row_at, row.text, row.length);
    leaves->next++;
    return hash_pad(entry, leaves->row_at + row.length, 0);
}

void bet_leaves_next(struct bet_leaves *leaves, const struct slice *rows, size_t count, struct hash *made) {
    uint8_t salts[HASHES_TOGETHER][SALT_BYTES];
    struct hash_message messages[HASHES_TOGETHER];
    assert(count <= HASHES_TOGETHER);
    salts_of_bets(&leaves->salts, leaves->next, count, salts);
    for (size_t i = 0; i < count; i++) {
        messages[i].blocks = leaves->entries[i];
        messages[i].count = put_entry(leaves, salts[i], rows[i], leaves->entries[i]);
    }
    hash_of_each(HASH_BEGUN, messages, count, made);
}

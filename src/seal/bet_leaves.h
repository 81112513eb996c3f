// The leaves of an agency's bets in order: as bet_text.h makes each, and faster, since what one has in common
// with the next is not written again.
#ifndef QUINIELA_SEAL_BET_LEAVES_H
#define QUINIELA_SEAL_BET_LEAVES_H

#include "seal/bet_text.h"

enum {
    BET_ENTRY_BYTES_MAX = 1 + SALT_BYTES + TEXT_BYTES_MAX, // 0x00 ‖ SALT ‖ TEXT
    BET_ENTRY_BLOCKS_MAX =
        (BET_ENTRY_BYTES_MAX + HASH_PADDING_BYTES_MIN + HASH_BLOCK_BYTES - 1) / HASH_BLOCK_BYTES,
};

struct bet_leaves {
    struct salts salts;
    uint32_t agency;
    uint64_t next;         // the index of the next bet
    size_t row_at;         // where the row is in the entry
    uint8_t beginning[64]; // of the entry, up to the row; its salt and the index's last digits come later
    uint8_t entries[HASHES_TOGETHER][BET_ENTRY_BLOCKS_MAX * HASH_BLOCK_BYTES]; // made anew each time
};

// Begins with the agency's bet `first`.
void bet_leaves_begin(struct bet_leaves *leaves, uint32_t agency, const uint8_t key[AGENCY_KEY_BYTES],
                      uint64_t first);

// The leaves of the next bets, at most HASHES_TOGETHER; many together take the least time. Each row has at
// most BET_TEXT_BYTES_MAX bytes.
void bet_leaves_next(struct bet_leaves *leaves, const struct slice *rows, size_t count, struct hash *made);

#endif

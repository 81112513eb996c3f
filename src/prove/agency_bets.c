#include "prove/agency_bets.h"

#include <openssl/crypto.h>
#include <stdlib.h>

bool agency_bets_begin(struct agency_bets *bets, uint32_t agency, const uint8_t key[AGENCY_KEY_BYTES],
                       const uint64_t *wanted, size_t count) {
    *bets = (struct agency_bets){.wanted = wanted, .count = count};
    bet_leaves_begin(&bets->leaves, agency, key, 0);
    tree_paths_begin(&bets->paths);
    bets->rows = calloc(count + 1, sizeof *bets->rows);
    bets->lengths = calloc(count + 1, sizeof *bets->lengths);
    return bets->rows != NULL && bets->lengths != NULL;
}

static bool add(struct agency_bets *bets, struct slice row, const struct hash *leaf) {
    size_t place = bets->paths.count;
    bool is_wanted = place < bets->count && bets->wanted[place] == agency_bets_total(bets);
    if (is_wanted) {
        memcpy(bets->rows[place], row.text, row.length);
        bets->lengths[place] = row.length;
    }
    return tree_paths_add(&bets->paths, leaf, is_wanted);
}

bool agency_bets_add(struct agency_bets *bets, const struct slice *rows, size_t count) {
    struct hash leaves[HASHES_TOGETHER];
    bet_leaves_next(&bets->leaves, rows, count, leaves);
    for (size_t i = 0; i < count; i++) {
        if (!add(bets, rows[i], &leaves[i])) {
            return false;
        }
    }
    return true;
}

void agency_bets_end(struct agency_bets *bets) {
    tree_paths_end(&bets->paths, &bets->root);
}

void agency_bets_free(struct agency_bets *bets) {
    OPENSSL_cleanse(&bets->leaves, sizeof bets->leaves);
    tree_paths_free(&bets->paths);
    free(bets->rows);
    free(bets->lengths);
    *bets = (struct agency_bets){.count = 0};
}

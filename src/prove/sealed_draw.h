// What a store has of a draw that is signed and sealed, checked: the rules, the seal, the salts' secret.
#ifndef QUINIELA_PROVE_SEALED_DRAW_H
#define QUINIELA_PROVE_SEALED_DRAW_H

#include "notary/kept_rules.h"
#include "seal/checkpoint.h"
#include "seal/encoding.h"
#include "seal/merkle.h"
#include "seal/note.h"
#include "seal/salt.h"
#include "store/store.h"

// A text that the draw has, as it was stored.
struct sealed_paper {
    enum store_paper kind;
    uint32_t number;
    char *bytes;
    size_t length;
};

struct sealed_draw {
    struct stored_draw row;
    struct kept_rules rules;     // all records
    const struct rules *newest;  // the last of these
    struct sealed_paper *papers; // by kind and number: rules, seal, cosignatures, time stamps
    size_t paper_count;
    struct slice plain_note;   // the seal's, as the server has signed it
    char note[NOTE_BYTES_MAX]; // the same, with the witnesses' cosignatures
    size_t note_length;
    struct checkpoint seal; // its origin is the rules'
    struct slice text;      // SEAL, within the plain note
};

// Reads it; whoever reads more of the store afterwards takes a snapshot before. ERROR_DRAW_ERASED;
// ERROR_STORE_FAILED for a draw that is not signed or whose seal is not there yet; ERROR_FALSE_CLAIM and
// ERROR_BAD_FORM when what is stored does not fit together: each says what of which draw. Freed by the caller
// (sealed_draw_free, which wipes the secret); NULL on failure.
bool sealed_draw_read(struct store *store, struct sealed_draw **sealed, struct error *error) MUST_CHECK;
void sealed_draw_free(struct sealed_draw *sealed);

// The server's key, as the rules name it.
static inline const struct vkey *sealed_draw_key(const struct sealed_draw *sealed) {
    return &sealed->newest->key;
}

static inline struct slice sealed_draw_note(const struct sealed_draw *sealed) {
    return (struct slice){sealed->note, sealed->note_length};
}

// The same for a proof: without the cosignatures where a proof has no room for so many.
static inline struct slice sealed_draw_proof_note(const struct sealed_draw *sealed) {
    enum {
        ALL_BUT_NOTE_BYTES_MAX = 2 * MERKLE_LEVELS_MAX * BASE64_TEXT_BYTES(HASH_BYTES) + TEXT_BYTES_MAX + 256
    };
    return sealed->note_length <= PROOF_BYTES_MAX - ALL_BUT_NOTE_BYTES_MAX ? sealed_draw_note(sealed)
                                                                           : sealed->plain_note;
}

// K(a) of the agency. The caller wipes it.
void sealed_draw_agency_key(const struct sealed_draw *sealed, uint32_t agency, uint8_t key[AGENCY_KEY_BYTES]);

#endif

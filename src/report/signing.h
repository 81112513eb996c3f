// What is signed of a draw, as its store has it. Nothing is checked here: that is for `quiniela verify`.
#ifndef QUINIELA_REPORT_SIGNING_H
#define QUINIELA_REPORT_SIGNING_H

#include "seal/encoding.h"
#include "seal/hash.h"
#include "seal/instant.h"
#include "seal/limits.h"
#include "seal/vkey.h"
#include "store/store.h"

enum { SIGNING_NAMES = 32 }; // of approvers and witnesses that are told; there may be more

struct signing_names {
    char list[SIGNING_NAMES][SIGN_NAME_BYTES_MAX + 1];
    size_t count; // in all: of two keys of one name each counts, and its name is told for each
};

struct signing_facts {
    bool is_signed, has_seal, has_result, has_pulse;
    char origin[ORIGIN_BYTES_MAX + 1];
    char key[VKEY_TEXT_BYTES];
    char name[SIGN_NAME_BYTES_MAX + 1];
    char root[HEX_TEXT_BYTES(HASH_BYTES)],
        seal[HEX_TEXT_BYTES(HASH_BYTES)]; // of the tree; of the seal's text
    char pulse_at[INSTANT_TEXT_BYTES];
    uint32_t records, approvals_wanted, approvals, timestamps, forks;
    uint32_t cosignatures;          // files: two of a witness that has signed again, as of an earlier time
    struct signing_names approvers; // who has approved the number
    struct signing_names witnesses; // whose names stand below the seal
};

// Reads them. ERROR_STORE_FAILED, naming it, when a paper cannot be read; ERROR_NO_MEMORY.
bool signing_facts_read(struct signing_facts *facts, struct store *store, const struct stored_draw *draw,
                        struct error *error) MUST_CHECK;

#endif

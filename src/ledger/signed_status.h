// What a signed draw has, and what it waits for: its rules and papers as they are stored, which only who
// verifies the draw checks.
#ifndef QUINIELA_LEDGER_SIGNED_STATUS_H
#define QUINIELA_LEDGER_SIGNED_STATUS_H

#include "seal/instant.h"
#include "seal/limits.h"
#include "store/store.h"

enum { SIGNED_APPROVALS_BYTES = 512 };

struct signed_status {
    char by[SIGN_NAME_BYTES_MAX + 1]; // the name of the key; "": the draw is not signed
    char pulse_at[INSTANT_TEXT_BYTES], see_by[INSTANT_TEXT_BYTES]; // of a beacon: its pulse, and until when …
    uint32_t seen; // … a cosignature or a time stamp must have been made; how many witnesses have signed, and
                   // time stamps have come
    bool has_pulse;
    uint32_t approvals_wanted, approvals; // of a number that people turn: how many there must be, and are
    char approvals_text[SIGNED_APPROVALS_BYTES]; // whose they are, and for which number
};

// Reads it from a draw that is signed. ERROR_NO_MEMORY, ERROR_STORE_FAILED; errors of the store.
bool signed_status_read(struct store *store, struct signed_status *is_signed, struct error *error) MUST_CHECK;

#endif

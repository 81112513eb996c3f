// Whether a start would find the folder outside the store (SEAL_DIR) at one with the store, without a ledger.
#ifndef QUINIELA_LEDGER_SIGNING_PREVIEW_H
#define QUINIELA_LEDGER_SIGNING_PREVIEW_H

#include "base/error.h"
#include "seal/vkey.h"

struct store;
struct stored_draw;

// Decides as signing_load does, for a server that has `key`. The folder of the draw `draw_name` is there, in
// `seal_dir`. `found` is the draw's row of `store`, or NULL where there is none; then `store` may be NULL.
// Nothing is stored. ERROR_FORKED; ERROR_STORE_FAILED, and errors of the store and of the folder.
bool signing_preview(const char *seal_dir, const char *draw_name, const struct vkey *key, struct store *store,
                     const struct stored_draw *found, struct error *error) MUST_CHECK;

#endif

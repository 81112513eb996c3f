// What the folder outside the store (SEAL_DIR) keeps of a draw's seal: another seal there is a fork, and
// seal.json says what every agency's tree was.
#ifndef QUINIELA_PROVE_KEPT_SEAL_H
#define QUINIELA_PROVE_KEPT_SEAL_H

#include "claims/source.h"
#include "prove/sealed_draw.h"

struct kept_seal {
    bool has_list;
    struct source list; // seal.json: it gives the root of the store's seal
};

// Opens the draw's folder in `path`; one that is not there is an error only when it is needed.
// ERROR_FALSE_CLAIM: its seal is another one, or its seal.json does not give the seal; each names the file.
// ERROR_SYSTEM, ERROR_NO_MEMORY. Closed by the caller.
bool kept_seal_open(const char *path, bool is_needed, const struct sealed_draw *sealed,
                    struct kept_seal *kept, struct error *error) MUST_CHECK;
void kept_seal_close(struct kept_seal *kept);

#endif

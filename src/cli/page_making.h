// The page that checks draws, filled in for one lottery: what `quiniela page` writes, and what a server of a
// signed draw shows on its board.
#ifndef QUINIELA_CLI_PAGE_MAKING_H
#define QUINIELA_CLI_PAGE_MAKING_H

#include "base/error.h"
#include "seal/slice.h"
#include "seal/vkey.h"

#include <stdbool.h>

// What the page says of the lottery.
struct page_making {
    struct slice key;           // the lottery's, as a VKEY …
    const char *name;           // … and its NAME
    const char *origin;         // NAME/DRAW; NULL: any draw of the key
    const char *certificate_id; // of the beacon, in hex; "" without one
    struct slice certificate;   // PEM
};

// Hands the page to `write`, piece by piece. Returns false when `write` has; it sets the error then.
bool page_make(const struct page_making *page,
               bool (*write)(void *context, struct slice piece, struct error *error), void *context,
               struct error *error) MUST_CHECK;

#endif

// What of a signed draw's seal the board shows by itself.
#ifndef QUINIELA_BOARD_SEAL_SHOWN_H
#define QUINIELA_BOARD_SEAL_SHOWN_H

#include "seal/hash.h"
#include "seal/limits.h"

#include <stdbool.h>

struct notice;

struct seal_shown {
    char origin[ORIGIN_BYTES_MAX + 1];
    struct hash root;
    char signed_by[SIGN_NAME_BYTES_MAX + 1]; // the name of the server's key
};

// Reads it out of the seal that the server shows. Nothing is checked: the server has. False when there is
// none yet, with a NULL `notice`, and when there is no memory.
bool seal_shown_read(struct notice *notice, struct seal_shown *seal);

#endif

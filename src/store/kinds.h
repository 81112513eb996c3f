// The list of all kinds of store: kinds.c.
#ifndef QUINIELA_STORE_KINDS_H
#define QUINIELA_STORE_KINDS_H

#include "store/backend.h"

// In the order in which they are offered an address; ended by NULL.
extern const struct store_kind *const store_kinds[];

#endif
